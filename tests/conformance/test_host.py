"""A host gives connections: from a process started ahead over stdio, from one server over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from launching import PATIENCE, READ_TO_END

from smcp_conformance.host import Host, Spare
from smcp_conformance.launch import StartError, resolve
from smcp_conformance.target import Policy, Target

NEWEST = "2025-11-25"

# Listens only from its second start on: the first one finds its port taken, as others may have been quicker.
UNLUCKY_ONCE = """
import http.server, pathlib, sys
if not pathlib.Path({marker!r}).exists():
    pathlib.Path({marker!r}).touch()
    sys.exit("OSError: address already in use")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()
"""
ALWAYS_TAKEN = "import sys; sys.exit('OSError: address already in use')"


def target(code: str, *words: str, transport: str = "stdio") -> Target:
    """A target that runs the code."""
    policy = Policy(start_timeout=PATIENCE, reply_timeout=PATIENCE)
    url = "http://127.0.0.1:{port}/mcp" if transport == "http" else None
    return Target("x", (sys.executable, "-c", code, *words), transport=transport, url=url, policy=policy)


@pytest.fixture
def spare() -> Iterator[Host]:
    """A host that starts processes ahead."""
    host = Host(target(READ_TO_END), spare=True)
    yield host
    host.close()


def test_the_next_process_is_started_ahead(spare: Host) -> None:
    """So that a check that wants a fresh one does not wait for its start."""
    with spare.connect(NEWEST):
        ahead = spare._spare
        assert ahead is not None
        ahead._thread.join(PATIENCE)
        waiting = ahead._process
        assert waiting is not None
    with spare.connect(NEWEST):
        assert spare.process is waiting
        assert spare.starts == 2


def test_a_spare_that_has_ended_is_not_given_out() -> None:
    """It would be taken for a server that dies of the next request."""
    ended = Spare(resolve(target("raise SystemExit")))
    ended._thread.join(PATIENCE)
    assert ended._process is not None
    ended._process.wait(PATIENCE)
    assert ended.take() is None


def test_a_spare_that_can_not_be_started_is_none(tmp_path: Path) -> None:
    """Whoever wants a process starts one then, and hears why that can't be."""
    resolved = resolve(target(READ_TO_END))
    assert Spare(replace(resolved, cwd=tmp_path / "gone")).take() is None


def test_a_port_that_others_took_first_is_tried_again(tmp_path: Path) -> None:
    """With another port: the one that was free a moment ago need not be so now."""
    code = UNLUCKY_ONCE.format(marker=str(tmp_path / "marker"))
    host = Host(target(code, "{port}", transport="http"))
    host.connect(NEWEST).close()
    assert host.starts == 2
    assert host.process is not None
    assert host.process.poll() is None
    host.close()


def test_a_port_that_is_always_taken_ends_in_the_reason() -> None:
    """After a few tries."""
    host = Host(target(ALWAYS_TAKEN, "{port}", transport="http"))
    with pytest.raises(StartError, match="in use"):
        host.connect(NEWEST)
    assert host.starts == 3
    host.close()
