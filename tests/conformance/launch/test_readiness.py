"""Which ports are free, and when a server listens."""

import os
import socket
import subprocess
import sys
from typing import Any

import pytest
from launching import PATIENCE

from smcp_conformance.launch import StartError, free_port, ports, release_port, resolve, start, wait_until_listening
from smcp_conformance.target import Target

LISTEN = "import socket, sys; s = socket.create_server(('127.0.0.1', {port})); print('ready', flush=True); s.accept()"


class TestPorts:
    def test_ports_differ_between_calls_and_between_processes(self) -> None:
        """Another worker finds every number taken that we hold, even when it looks at the same ones."""
        mine = {free_port() for _ in range(5)}
        assert len(mine) == 5
        code = f"""
import os
os.getpid = lambda: {os.getpid()}
from smcp_conformance.launch import free_port
print(*(free_port() for _ in range(20)))
"""
        theirs = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert not mine & {int(port) for port in theirs.split()}

    def test_a_port_somebody_listens_on_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server((ports.HOST, 0)) as server:
            taken = server.getsockname()[1]
            monkeypatch.setattr(ports, "FIRST", taken)
            monkeypatch.setattr(ports, "LAST", taken)
            with pytest.raises(OSError, match=f"no free port between {taken} and {taken}"):
                free_port()

    def test_a_port_that_another_worker_claimed_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as claim:
            claim.bind((ports.HOST, 0))
            claimed = claim.getsockname()[1]
            monkeypatch.setattr(ports, "FIRST", claimed)
            monkeypatch.setattr(ports, "LAST", claimed)
            with pytest.raises(OSError, match="no free port"):
                free_port()

    def test_a_claimed_port_can_be_listened_on_and_is_free_again_when_given_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = free_port()
        socket.create_server((ports.HOST, port)).close()
        monkeypatch.setattr(ports, "FIRST", port)
        monkeypatch.setattr(ports, "LAST", port)
        with pytest.raises(OSError, match="no free port"):
            free_port()
        release_port(port)
        release_port(port)
        assert free_port() == port

    def test_a_stopped_server_gives_its_port_back(self) -> None:
        resolved = resolve(Target("x", ("python", "-c", "{port}")))
        assert resolved.port in ports._claims
        start(resolved).stop()
        assert resolved.port not in ports._claims


class TestReadiness:
    def test_it_returns_once_the_server_listens(self) -> None:
        """The server starts to listen only after we have begun to wait: it waits for a line."""
        resolved = resolve(Target("x", ("python", "-c", LISTEN), "http://127.0.0.1:{port}/mcp", "http"))
        process = start(resolved, pipes=False)
        assert resolved.url
        wait_until_listening(process, resolved.url, PATIENCE)
        process.wait(PATIENCE)
        assert b"ready" in process.stderr_tail()
        process.stop()

    def test_a_server_that_runs_already_needs_no_process(self) -> None:
        with socket.create_server((ports.HOST, 0)) as server:
            wait_until_listening(None, f"http://127.0.0.1:{server.getsockname()[1]}/mcp", PATIENCE)

    def test_time_is_bounded(self) -> None:
        port = free_port()
        with pytest.raises(StartError, match=rf"nothing listened at http://127\.0\.0\.1:{port}/ within 0\.05 s"):
            wait_until_listening(None, f"http://127.0.0.1:{port}/", 0.05)

    @pytest.mark.parametrize(("url", "port"), [("http://h/", 80), ("https://h/", 443), ("http://h:1/", 1)])
    def test_the_port_is_the_urls_or_its_schemes(self, url: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[str, int]] = []

        def listening(*address: Any) -> bool:
            asked.append(address)
            return True

        monkeypatch.setattr("smcp_conformance.launch.readiness.listening", listening)
        wait_until_listening(None, url, PATIENCE)
        assert asked == [("h", port)]
