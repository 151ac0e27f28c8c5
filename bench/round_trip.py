"""Round trips: our clients beside bare pipes and a bare keep-alive connection, on the same trivial servers."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from smcp_conformance.host import Host
from smcp_conformance.session import Session
from smcp_conformance.target import Target
from smcp_conformance.wire.http import HttpTransport
from smcp_conformance.wire.transcript import Conversation

HERE = Path(__file__).parent
CALLS = 2000
BLOCKS = 10
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


def each_ms(one: Callable[[], object], calls: int) -> float:
    """Milliseconds for one call, averaged over a block of calls."""
    began = time.perf_counter()
    for _ in range(calls):
        one()
    return (time.perf_counter() - began) * 1000 / calls


def paired(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of both, measured in blocks by turns so that the machine's mood hits both."""
    blocks = [(each_ms(ours, CALLS // BLOCKS), each_ms(bare, CALLS // BLOCKS)) for _ in range(BLOCKS)]
    return median(block[0] for block in blocks), median(block[1] for block in blocks)


def stdio() -> tuple[float, float]:
    """Our session, and a bare pipe, each on an echo server of its own."""
    command = [sys.executable, str(HERE / "echo_stdio.py")]
    host = Host(Target("echo", tuple(command)))
    pipe = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    assert pipe.stdin is not None
    assert pipe.stdout is not None
    sent, answers = pipe.stdin, pipe.stdout

    def bare() -> object:
        sent.write(PING + b"\n")
        return json.loads(answers.readline())

    with host.connect("2025-11-25") as session:
        found = paired(lambda: session.request("ping"), bare)
    host.close()
    pipe.stdin.close()
    pipe.wait()
    pipe.stdout.close()
    return found


def http_() -> tuple[float, float]:
    """Our session, and the standard library's client, both on one echo server with connections kept."""
    with subprocess.Popen([sys.executable, str(HERE / "echo_http.py")], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        connection = http.client.HTTPConnection("127.0.0.1", port)
        transport = HttpTransport(f"http://127.0.0.1:{port}/", Conversation("http"), 2**20)
        session = Session(transport=transport, revision="2025-11-25")

        def bare() -> object:
            connection.request("POST", "/", PING, {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())

        found = paired(lambda: session.request("ping"), bare)
        session.close()
        connection.close()
        server.terminate()
    return found
