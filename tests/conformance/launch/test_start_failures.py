"""A server that doesn't start is explained: what its user reads, in each of the ways in which that happens."""

import os
import re
import socket
import sys
import time
from pathlib import Path

import pytest
from launching import PATIENCE, Launch, command, posix, story

from smcp_conformance.launch import (
    ServerProcess,
    StartError,
    ending,
    exited,
    explain_start_failure,
    never_answered,
    ports,
    printed_to_stdout,
    resolve,
    start,
    stdout_closed,
    wait_until_listening,
)
from smcp_conformance.launch.explain import port_holder
from smcp_conformance.target import Target, parse_server_option


def failure(target: Target) -> str:
    with pytest.raises(StartError) as error:
        start(resolve(target))
    assert str(error.value) == error.value.explanation
    return error.value.explanation


def wait_for_output(process: ServerProcess) -> None:
    """Wait until the process has written something that is kept."""
    deadline = time.monotonic() + PATIENCE
    while not process.stderr_tail() and time.monotonic() < deadline:
        process.wait(0.01)


class TestCommandNotFound:
    def test_it_lists_where_it_was_looked_for(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", os.pathsep.join(("/one", "/two", "/one")))
        assert failure(command("shop-server", cwd=tmp_path)) == (
            "command not found: 'shop-server'\n"
            f"  beside the interpreter that runs pytest  {Path(sys.executable).parent}\n"
            "  on PATH  /one\n"
            "  on PATH  /two\n"
            f"  cwd  {tmp_path}"
        )

    def test_a_path_is_shown_in_full(self, tmp_path: Path) -> None:
        shown = failure(command("bin/shop", cwd=tmp_path))
        assert f"  looked for  {tmp_path / 'bin/shop'}\n  cwd  {tmp_path}" in shown

    @posix
    def test_a_file_that_may_not_be_executed_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "shop").touch()
        shown = failure(command("./shop", cwd=tmp_path))
        assert "shop, which may not be executed\n" in shown
        assert "hint: './shop' must be executable, or have its interpreter before it" in shown

    @posix
    def test_a_bare_script_needs_its_interpreter(self, tmp_path: Path) -> None:
        (tmp_path / "server.py").touch()
        assert "hint: a script needs its interpreter before it: {python} server.py" in failure(
            command("server.py", cwd=tmp_path)
        )

    def test_no_shell_reads_the_command(self) -> None:
        assert "hint: no shell reads the command: set `cwd`" in failure(command("cd", "x", "&&", "node", "s.js"))

    def test_words_in_one_string_are_told(self) -> None:
        assert "hint: 'npx -y shop' is a single word; arguments" in failure(command("npx -y shop"))

    def test_secrets_are_masked(self) -> None:
        shown = failure(parse_server_option("TOKEN=hunter22 ./hunter22/no", Path.cwd()))
        assert "hunter22" not in shown
        assert "command not found: './***/no'" in shown


@posix
class TestProgramThatCannotRun:
    def test_an_environment_that_was_moved(self, tmp_path: Path) -> None:
        script = tmp_path / "server"
        script.write_text("#!/nowhere/bin/python\n")
        script.chmod(0o755)
        shown = failure(command("./server", cwd=tmp_path))
        assert "its first line names the interpreter '/nowhere/bin/python', which does not exist" in shown
        assert "  interpreter: /nowhere/bin/python" in shown

    def test_a_script_without_a_first_line(self, tmp_path: Path) -> None:
        (tmp_path / "server").write_text("print(1)\n")
        (tmp_path / "server").chmod(0o755)
        assert "it is neither a program nor a script with a '#!' line" in failure(command("./server", cwd=tmp_path))

    def test_what_else_the_system_says(self, tmp_path: Path) -> None:
        assert "could not be run: argument list too long" in failure(command("python", "x" * 10_000_000))


class TestPortTaken:
    TAKEN = "import socket; socket.create_server(('127.0.0.1', {port}))"

    def test_before_the_start(self) -> None:
        with socket.create_server((ports.HOST, 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(StartError) as error:
                start(resolve(Target("x", ("python", "{port}"), "http://127.0.0.1:{port}/mcp", "http"), port=port))
        shown = error.value.explanation
        assert shown.startswith(f"port {port} is taken by process {os.getpid()} (")
        assert "): something listened there before the server started\n" in shown
        assert f"  url: http://127.0.0.1:{port}/mcp" in shown

    def test_while_it_starts(self, launch: Launch) -> None:
        """Somebody took the port between our look at it and the server's."""
        process = launch(Target("x", ("python", "-c", "input();" + self.TAKEN), env={"P": "{port}"}))
        port = process.resolved.port
        assert port
        with socket.create_server((ports.HOST, port)):
            assert process.stdin
            process.stdin.write(b"\n")
            shown = story(process)
        assert "Address already in use" in shown
        assert f"hint: port {port} is taken by process {os.getpid()} (" in shown

    def test_a_fixed_port_is_better_left_to_us(self, launch: Launch) -> None:
        with socket.create_server((ports.HOST, 0)) as server:
            taken = self.TAKEN.format(port=server.getsockname()[1])
            shown = story(launch(command("python", "-c", taken)))
        assert "hint: the server wants a fixed port that is taken: put {port} into its command" in shown

    def test_the_holder_is_left_out_where_it_cannot_be_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import psutil

        def refuse(kind: str) -> None:
            raise psutil.AccessDenied

        assert port_holder(0) is None
        monkeypatch.setattr(psutil, "net_connections", refuse)
        assert port_holder(80) is None


class TestExitsAtOnce:
    def test_status_and_the_end_of_stderr(self, launch: Launch) -> None:
        code = "import sys; print(*range(30), sep='\\n', file=sys.stderr); sys.exit(3)"
        shown = story(launch(command("python", "-c", code)))
        assert shown.startswith("the server exited with status 3 before answering\n")
        assert re.search(r"\n  process: \d+ exited with status 3\n  stderr \(its last 20 lines\):\n    \| 10\n", shown)
        assert shown.endswith("    | 29")

    def test_silence_is_told(self, launch: Launch) -> None:
        assert story(launch(command("python", "-c", ""))).endswith("\n  stderr: nothing")

    def test_an_http_server_that_exits_is_not_waited_for(self, launch: Launch) -> None:
        code = "import sys; sys.exit('no config for {port}')"
        process = launch(Target("x", ("python", "-c", code), "http://127.0.0.1:{port}/mcp", "http"))
        with pytest.raises(StartError, match="the server exited with status 1 before it listened") as error:
            wait_until_listening(process, process.resolved.url or "", PATIENCE * 100)
        assert f"    | no config for {process.resolved.port}" in error.value.explanation

    def test_an_http_server_that_never_listens_is_given_up(self, launch: Launch) -> None:
        code = "import time; time.sleep(600)"
        process = launch(Target("x", ("python", "-c", code), "http://127.0.0.1:{port}/", "http"))
        with pytest.raises(StartError, match=r"nothing listened at http://127\.0\.0\.1:\d+/ within 0\.1 s") as error:
            wait_until_listening(process, f"http://127.0.0.1:{ports.free_port()}/", 0.1)
        assert f"  process: {process.pid} still runs" in error.value.explanation

    @staticmethod
    def saying(text: str) -> Target:
        """Make an HTTP server that greets and then never listens."""
        code = f"print('{text}', flush=True); import time; time.sleep(600)"
        return Target("x", ("python", "-c", code), "http://127.0.0.1:{port}/mcp", "http", env={"P": "{port}"})

    def test_an_http_server_that_names_the_right_port_is_not_doubted(self, launch: Launch) -> None:
        process = launch(self.saying("on http://localhost:{port}"))
        wait_for_output(process)
        assert "seems to serve" not in explain_start_failure(process.resolved, process, never_answered(15))

    def test_an_http_server_that_listens_elsewhere_is_told(self, launch: Launch) -> None:
        process = launch(self.saying("on http://localhost:8000"))
        wait_for_output(process)
        url = process.resolved.url
        assert url
        with pytest.raises(StartError, match="nothing listened at") as error:
            wait_until_listening(process, url, 0.01)
        assert f"hint: it seems to serve http://localhost:8000, but was to serve {url}: its port" in str(error.value)

    def test_an_http_server_on_the_other_loopback_address_is_told(self) -> None:
        if not socket.has_dualstack_ipv6():
            pytest.skip("this machine has no IPv6")
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
            port = server.getsockname()[1]
            with pytest.raises(StartError, match=rf", but something does at http://\[::1\]:{port}"):
                wait_until_listening(None, f"http://127.0.0.1:{port}/mcp", 0.01)

    @posix
    def test_a_signal_has_a_name(self) -> None:
        assert exited(-11, "it listened") == "the server was killed by SIGSEGV before it listened"
        assert ending(-63) == "was killed by signal 63"

    def test_secrets_are_masked_in_stderr(self, launch: Launch) -> None:
        code = "import os, sys; sys.exit('bad token ' + os.environ['SHOP_TOKEN'])"
        shown = story(launch(Target("x", ("python", "-c", code), env={"SHOP_TOKEN": "hunter22"})))
        assert "    | bad token ***" in shown
        assert "hunter22" not in shown


class TestWire:
    """What the wire saw is told in the same way."""

    @pytest.fixture
    def process(self, launch: Launch) -> ServerProcess:
        return launch(command("python", "-c", "import sys; sys.stdin.read()"))

    def test_prints_to_stdout(self, process: ServerProcess) -> None:
        shown = explain_start_failure(process.resolved, process, printed_to_stdout(b"Listening \xff\r\n"))
        assert shown.startswith("the server wrote to stdout what is not an MCP message: 'Listening \\\\xff'\n")
        assert "hint: over stdio, stdout belongs to the protocol; logs and greetings must go to stderr" in shown
        assert printed_to_stdout(b"x" * 1000).endswith("xxx'…")

    def test_never_answers(self, process: ServerProcess) -> None:
        shown = explain_start_failure(process.resolved, process, never_answered(15, "'initialize'"))
        assert shown.startswith("the server did not answer 'initialize' within 15 s\n")
        assert f"  process: {process.pid} still runs\n" in shown
        assert "hint" not in shown

    def test_serves_http_when_asked_over_stdio(self, launch: Launch) -> None:
        greet = "print('running on http://127.0.0.1:8000', file=sys.stderr)"
        process = launch(command("python", "-c", f"import sys; {greet}; sys.stdin.read()"))
        wait_for_output(process)
        shown = explain_start_failure(process.resolved, process, never_answered(15))
        assert "hint: it seems to serve http://127.0.0.1:8000: put {port} into its command" in shown

    def test_closes_stdout_but_lives(self, process: ServerProcess) -> None:
        shown = explain_start_failure(process.resolved, process, stdout_closed())
        assert shown.startswith("the server closed its stdout, but still runs\n")

    def test_a_url_has_no_process(self) -> None:
        resolved = resolve(Target("x", url="http://h/mcp", transport="http"))
        assert explain_start_failure(resolved, None, "no answer") == "no answer\n  url: http://h/mcp"
