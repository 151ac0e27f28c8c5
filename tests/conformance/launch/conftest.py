"""Fixtures for tests of starting and stopping."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from launching import PATIENCE, Launch

from smcp_conformance.launch import ServerProcess, ports, resolve, start
from smcp_conformance.target import Target


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start targets, those over stdio with pipes; end them, whatever the test did."""
    started: list[ServerProcess] = []

    def launch(target: Target) -> ServerProcess:
        started.append(start(resolve(target), pipes=target.transport == "stdio"))
        return started[-1]

    yield launch
    for each in started:
        each.stop(grace=0)
        if each.stdout:
            each.stdout.close()


@pytest.fixture(autouse=True)
def _ports_given_back() -> Iterator[None]:
    yield
    ports.release_all()


@pytest.fixture(scope="session")
def other_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make an environment that lacks everything that ours has; return its interpreter."""
    folder = tmp_path_factory.mktemp("other")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=PATIENCE)
    return str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
