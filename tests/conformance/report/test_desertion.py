"""A worker of xdist's whose controller was interrupted stops at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from demo_project import Project
from launching import PATIENCE, posix
from mutants import command

from smcp_conformance.report.desertion import Desertion

MARK = "CONFORMANCE_TEST_OF_INTERRUPTION"


class Channel:
    """The worker's end of a channel; `ended` says that the other one has gone."""

    RemoteError = RuntimeError

    def __init__(self) -> None:
        self.ended = threading.Event()

    def waitclose(self) -> None:
        self.ended.wait(PATIENCE)
        raise EOFError


class WorkerInteractor:
    """What xdist registers under this name."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel


@pytest.fixture
def hears_sigint() -> Iterator[None]:
    """The background jobs of a shell begin deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def session(*plugins: object) -> Any:
    """As much of a session as is looked at."""
    manager = SimpleNamespace(get_plugins=lambda: {*plugins})
    return SimpleNamespace(config=SimpleNamespace(pluginmanager=manager), shouldstop=False)


@posix
@pytest.mark.usefixtures("hears_sigint")
def test_a_worker_is_interrupted_when_its_controller_ends() -> None:
    """Also while it waits for something that never comes."""
    channel = Channel()
    deserted = session(object(), WorkerInteractor(channel))
    loop = Desertion().pytest_runtestloop(deserted)
    next(loop)
    channel.ended.set()
    with pytest.raises(KeyboardInterrupt):
        threading.Event().wait(PATIENCE)
    loop.close()
    assert deserted.shouldstop == "the controller has ended"


def test_the_end_of_the_channel_is_in_order_once_all_have_run() -> None:
    """Nothing interrupts what the worker does last."""
    channel = Channel()
    loop = Desertion().pytest_runtestloop(session(WorkerInteractor(channel)))
    next(loop)
    with pytest.raises(StopIteration) as over:
        loop.send(True)
    channel.ended.set()
    for thread in threading.enumerate():
        if thread.name == "desertion":
            thread.join(PATIENCE)
    assert over.value.value is True


@posix
def test_nothing_is_left_when_the_controller_alone_is_interrupted(project: Project, tmp_path: Path) -> None:
    """The signal goes to one process, not to the group, as from a CI runner; the items that run would take minutes."""
    project.checks("passes", "dawdles")
    told = tmp_path / "told"
    words = ["-m", "pytest", "--smcp-conformance", "--smcp-only", "-n2", "--smcp-server", " ".join(command())]
    with subprocess.Popen(
        [sys.executable, "-c", WAKEFUL, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=project.path,
        env={**os.environ, MARK: str(told), "DAWDLES": str(told)},
        start_new_session=True,
    ) as run:
        wait_for(told)
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE) == pytest.ExitCode.INTERRUPTED
    assert not [process for process in psutil.process_iter() if bears(process, str(told))]


WAKEFUL = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = sys.argv[2:]
runpy.run_module("pytest", run_name="__main__", alter_sys=True)
"""


def wait_for(file: Path) -> None:
    """Wait until a check has begun to dawdle."""
    never = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if file.exists():
            return
        never.wait(0.05)
    pytest.fail("no check began")


def bears(process: psutil.Process, value: str) -> bool:
    """Tell whether `process` lives and was begun by the run of this test."""
    try:
        return process.environ().get(MARK) == value and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
