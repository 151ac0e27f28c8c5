"""Servers that a whole module shares, and plugins that misbehave."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from odd_plugin import ODD_PLUGIN, write_plugin
from smcp_clients import Pipe, Web

from smcp.runner import Runs


@pytest.fixture(scope="session")
def odd_plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugins directory with one plugin, `odd`, whose commands do what plugins should not."""
    return write_plugin(tmp_path_factory.mktemp("plugins"), "odd", ODD_PLUGIN)


@pytest.fixture
def start(odd_plugins: Path) -> Iterator[Callable[..., Pipe]]:
    """Start stdio servers with the odd plugin; they are gone after the test."""
    started: list[Pipe] = []

    def one(*more: str) -> Pipe:
        started.append(Pipe("--plugins-dir", str(odd_plugins), *more))
        return started[-1]

    yield one
    for pipe in started:
        pipe.stop()


@pytest.fixture(scope="module")
def handshake() -> Iterator[Pipe]:
    """The demo plugins over stdio at 2025-11-25."""
    pipe = Pipe().listen()
    yield pipe.open("2025-11-25")
    pipe.stop()


@pytest.fixture(scope="module")
def stateless() -> Iterator[Pipe]:
    """The demo plugins over stdio, nothing said yet: the first request decides for 2026-07-28."""
    pipe = Pipe().listen()
    yield pipe
    pipe.stop()


@pytest.fixture(scope="module")
def batching() -> Iterator[Pipe]:
    """The demo plugins over stdio at 2025-03-26."""
    pipe = Pipe().listen()
    yield pipe.open("2025-03-26")
    pipe.stop()


@pytest.fixture(scope="module")
def web(odd_plugins: Path) -> Iterator[Web]:
    """The demo plugins and the odd one over HTTP, each call an only child: tests watch what becomes of it."""
    demo = Path(__file__).parents[2] / "plugins"
    server = Web("--plugins-dir", str(demo), "--plugins-dir", str(odd_plugins), "--plugin-runner", "cold")
    yield server
    server.stop()


@pytest.fixture
def pipe(plugins: Path) -> Iterator[Pipe]:
    """The plugins of the test's own module over stdio."""
    started = Pipe("--plugins-dir", str(plugins)).listen()
    yield started
    started.stop()


@pytest.fixture
def own_web(plugins: Path) -> Iterator[Web]:
    """The plugins of the test's own module over HTTP."""
    started = Web("--plugins-dir", str(plugins))
    yield started
    started.stop()


@pytest.fixture
def runs(unmeasured: None) -> Iterator[Runs]:
    """Runs that wait for their fork server."""
    made = Runs("warm")
    yield made
    made.close()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The reasons logged so far for running cold."""
    with caplog.at_level(logging.INFO, logger="smcp.runner"):
        yield lambda: [record.getMessage() for record in caplog.records if "is run cold" in record.getMessage()]
