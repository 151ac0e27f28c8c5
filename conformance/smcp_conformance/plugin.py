"""pytest's hooks. Loaded in every pytest run of its environment, so it imports pytest and the standard library only.

Without `--smcp-conformance` nothing but the options, the markers and the fixtures is there; with it the run's own
plugin (`run.ConformanceRun`) is registered and does the work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance import command_line

if TYPE_CHECKING:
    from smcp_conformance.fixtures import CliFactory, ServerFactory, SessionFactory

pytest.register_assert_rewrite("smcp_conformance.checks")

HYPOTHESIS = "_hypothesis_pytestplugin"

MARKERS = (
    "conformance: an item of --smcp-conformance",
    "must: a check whose requirement is a MUST or MUST NOT of the MCP specification",
    "should: a check whose requirement is a SHOULD or SHOULD NOT",
    "may: a check whose requirement is a MAY",
    "area(name): the part of the specification that a conformance check belongs to",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    command_line.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; register the run if one is asked for."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if command_line.wanted(config):
        from smcp_conformance.options import from_config
        from smcp_conformance.run import ConformanceRun

        config.pluginmanager.register(ConformanceRun(config, from_config(config)), "smcp-conformance-run")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Spare runs that made no use of Hypothesis its import: its own plugin, which came with us, would ask it for news.

    That is half a second at the end of every run of the environment.
    """
    plugins, its_own = session.config.pluginmanager, sys.modules.get(HYPOTHESIS)
    if "hypothesis" not in sys.modules and its_own is not None and plugins.is_registered(its_own):
        plugins.unregister(its_own)


@pytest.fixture
def mcp_server(pytestconfig: pytest.Config) -> Iterator[ServerFactory]:
    """Start MCP servers: mcp_server("COMMAND", transport=…, revision=…, cwd=…, env=…); all end with the test."""
    from smcp_conformance import fixtures

    with ExitStack() as stack:

        def start(command: Any, **launch: Any) -> Any:
            __tracebackhide__ = True
            given: Any = {"cwd": pytestconfig.rootpath, **launch}
            server = fixtures.planned(command, **given)
            stack.callback(server.stop)
            return server.start()

        yield start


@pytest.fixture
def mcp_session(mcp_server: ServerFactory) -> SessionFactory:
    """Start MCP servers and connect to them: mcp_session("COMMAND", …) takes what mcp_server takes."""

    def connect(command: Any, **launch: Any) -> Any:
        __tracebackhide__ = True
        return mcp_server(command, **launch).session()

    return connect


@pytest.fixture
def plugin_cli() -> CliFactory:
    """Run plugins' CLIs: plugin_cli("plugins/NAME").call("COMMAND", {…})."""
    from smcp_conformance import fixtures

    return fixtures.plugin_cli
