"""Servers are started in groups of their own and ended with everything they started."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from launching import (
    DEAF,
    ESCAPE,
    MORTAL,
    PATIENCE,
    READ_TO_END,
    SLEEP,
    TELL_PID,
    Launch,
    gone,
    line,
    posix,
    python,
    with_child,
)

from smcp_conformance.launch import resolve, start
from smcp_conformance.launch.escaped import MARKER, bearing, descendants, living
from smcp_conformance.launch.escaped import kill as kill_process
from smcp_conformance.launch.guard import Guard
from smcp_conformance.target import Target


class TestTalking:
    def test_what_is_written_is_read_and_answered_over_unbuffered_pipes(self, launch: Launch) -> None:
        server = launch(python("print(input()[::-1])"))
        assert server.stdin
        server.stdin.write(b"abc\n")
        assert line(server) == "cba"
        assert server.wait(PATIENCE) == server.poll() == 0

    def test_cwd_and_environment_are_the_targets(self, launch: Launch, tmp_path: Path) -> None:
        code = "import os; print(os.getcwd(), os.environ['SHOP'], 'PATH' in os.environ)"
        server = launch(Target("x", ("python", "-c", code), cwd=tmp_path, env={"SHOP": "open"}))
        assert line(server) == f"{tmp_path.resolve()} open True"

    def test_stderr_is_kept(self, launch: Launch) -> None:
        server = launch(python("import sys; sys.stderr.write('oh')"))
        assert server.wait(PATIENCE) == 0
        assert server.stderr_tail() == b"oh"

    def test_a_flood_on_stderr_blocks_nobody_and_costs_64_kib(self, launch: Launch) -> None:
        server = launch(python("import os", "for _ in range(500): os.write(2, b'x' * 10000)", "os.write(2, b'end')"))
        assert server.wait(PATIENCE) == 0
        tail = server.stderr_tail()
        assert (len(tail), tail[-4:]) == (65536, b"xend")

    def test_without_pipes_all_output_is_kept_and_stdin_is_at_its_end(self, launch: Launch) -> None:
        code = "import sys; print(repr(sys.stdin.read()), flush=True); sys.stderr.write('oh')"
        server = launch(replace(python(code), transport="http"))
        assert server.wait(PATIENCE) == 0
        assert server.stderr_tail().split() == [b"''", b"oh"]
        assert (server.stdin, server.stdout) == (None, None)

    def test_waiting_is_bounded(self, launch: Launch) -> None:
        assert launch(python(READ_TO_END)).wait(0.01) is None


class TestStopping:
    def test_end_of_file_comes_first(self, launch: Launch) -> None:
        server = launch(python(READ_TO_END, "sys.exit(7)"))
        server.stop(grace=PATIENCE)
        assert server.poll() == 7

    @posix
    def test_sigterm_comes_next(self, launch: Launch) -> None:
        server = launch(python(MORTAL, TELL_PID, SLEEP))
        line(server)
        server.stop(grace=1)
        assert server.poll() == -signal.SIGTERM

    @posix
    def test_sigkill_comes_last(self, launch: Launch) -> None:
        server = launch(python(DEAF, TELL_PID, SLEEP))
        line(server)
        server.stop(grace=0.01)
        assert server.poll() == -signal.SIGKILL

    @posix
    def test_terminate_reaches_the_child_of_a_shim(self, launch: Launch) -> None:
        """Launchers such as npx ignore signals or die without their child: the group is told."""
        server = launch(with_child())
        child = int(line(server))
        server.terminate()
        assert gone(child)

    @posix
    def test_a_child_that_ignores_sigterm_is_killed(self, launch: Launch) -> None:
        server = launch(with_child(DEAF))
        child = int(line(server))
        server.stop(grace=PATIENCE)
        assert (server.poll(), gone(child)) == (0, True)

    @posix
    def test_a_child_that_escaped_into_its_own_session_is_killed(self, launch: Launch) -> None:
        server = launch(with_child(ESCAPE))
        child = int(line(server))
        assert [each.pid for each in server.leftovers()] == [child]
        server.stop(grace=PATIENCE)
        assert (server.poll(), gone(child)) == (0, True)

    @posix
    def test_a_daemon_whose_parents_are_dead_is_found_and_killed(self, launch: Launch) -> None:
        daemon = ("import os", "os.setsid()", "if os.fork(): os._exit(0)")
        server = launch(with_child(*daemon, last="sys.exit(3)"))
        child = int(line(server))
        assert server.wait(PATIENCE) == 3
        assert [each.pid for each in server.leftovers()] == [child]
        server.stop()
        assert gone(child)
        assert server.leftovers() == ()

    @posix
    def test_an_escaped_child_with_an_environment_of_its_own_is_killed_while_its_parent_lives(
        self, launch: Launch
    ) -> None:
        server = launch(with_child(ESCAPE, options="{'env': {}}", last=SLEEP))
        child = int(line(server))
        server.stop(grace=0)
        assert gone(child)

    def test_escaped_children_are_found_without_proc_too(self, launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
        server = launch(python(READ_TO_END))
        ended = launch(python(""))
        ended.wait(PATIENCE)
        marker = psutil.Process(server.pid).environ()[MARKER].rpartition("/")[2]
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setattr(psutil, "pids", lambda: [ended.pid, os.getpid(), server.pid])
        assert [each.pid for each in bearing(marker)] == [server.pid]

    def test_who_has_gone_has_no_descendants_and_does_not_live(
        self, launch: Launch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = launch(python(READ_TO_END))
        seen = psutil.Process(server.pid)
        server.stop(grace=PATIENCE)
        assert descendants(server.pid) == []
        assert not living(seen)
        kill_process(seen)
        monkeypatch.setattr(seen, "is_running", lambda: True)
        assert not living(seen)

    def test_a_run_inside_a_run_can_be_found_by_the_outer_one(
        self, launch: Launch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outer = launch(python(TELL_PID, READ_TO_END))
        line(outer)  # before it runs, its environment is still ours
        monkeypatch.setenv(MARKER, psutil.Process(outer.pid).environ()[MARKER])
        Guard.shared().end()
        inner = launch(python(READ_TO_END))
        assert [each.pid for each in outer.leftovers()] == [inner.pid]
        assert inner.leftovers() == ()

    def test_stopping_twice_or_what_was_killed_already_is_fine(self, launch: Launch) -> None:
        server = launch(python(READ_TO_END))
        psutil.Process(server.pid).kill()
        server.stop()
        code = server.poll()
        server.stop()
        server.close_stdin()
        server.terminate()
        assert code is not None
        assert code == server.poll()

    def test_stdout_that_nobody_asked_for_is_closed(self) -> None:
        server = start(resolve(python(READ_TO_END)))
        server.stop(grace=PATIENCE)
        assert server.stdout
        assert server.stdout.closed

    @posix
    def test_a_group_that_is_empty_is_never_signalled_again(
        self, launch: Launch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its number may belong to a stranger by now."""
        server = launch(python(""))
        assert server.wait(PATIENCE) == 0
        monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("signalled"))
        server.stop()

    @posix
    def test_a_group_of_zombies_as_macos_sees_it_is_no_error(
        self, launch: Launch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: int) -> None:
            raise PermissionError

        server = launch(python(READ_TO_END))
        with monkeypatch.context() as patch:
            patch.setattr(os, "killpg", refuse)
            server.stop(grace=PATIENCE)
        assert server.poll() == 0
