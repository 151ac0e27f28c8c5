"""Servers that mean harm: bounded time and memory, a verdict or a clear explanation, and nothing left running."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from mutants import hostile

from smcp_conformance.detect import discover
from smcp_conformance.host import Host
from smcp_conformance.judge import Judgement, judge
from smcp_conformance.leg import Leg
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.requirement import Check, Verdict
from smcp_conformance.session import Session
from smcp_conformance.target import Policy, Target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the hostile servers use fork and signals")
PATIENCE = 90.0  # seconds for a whole discovery or check: far more than the timeouts below add up to
REVISION = "2025-11-25"


@contextmanager
def target(name: str) -> Iterator[Target]:
    """A hostile server as a target; afterwards no process that was started for it is left, nor a thread."""
    token, before = uuid.uuid4().hex, set(threading.enumerate())
    yield Target("hostile", (*hostile(name), token), policy=Policy(start_timeout=3, reply_timeout=2))
    assert not [process.info for process in psutil.process_iter(["cmdline"]) if bears(process, token)]
    readers = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("stdout of")]
    for reader in readers:
        reader.join(PATIENCE)
    assert not [reader for reader in readers if reader.is_alive()]


def bears(process: psutil.Process, token: str) -> bool:
    """Tell whether a living process was started with `token` on its command line."""
    return token in (process.info["cmdline"] or ())


def discovered(name: str) -> Discovery:
    """What discovery makes of a hostile server, in time."""
    with target(name) as found, ThreadPoolExecutor(1) as pool:
        return pool.submit(discover, found, (REVISION,)).result(PATIENCE)


def ask(session: Session) -> None:
    """Asks for what does not exist; the answer must be an error."""
    reply = session.request("no/such-method")
    assert reply.error, f"got {reply}, must be an error"


ASK = Check("ask", "basic/index", ("jsonrpc.method-not-found",), ask, "session")


def judged(name: str) -> Judgement:
    """The verdict of `ask` on a hostile server whose handshake is in order, in time."""
    with target(name) as found, ThreadPoolExecutor(1) as pool:
        leg = Leg(Offer("hostile", "hostile", "stdio", REVISION), Host(found))
        try:
            return pool.submit(judge, ASK, leg).result(PATIENCE)
        finally:
            leg.close()
            leg.host.close()


@pytest.mark.parametrize(
    ("name", "explanation"),
    [
        ("floods_stdout", "flood of other messages"),
        ("floods_stdout_with_junk", "to stdout what is not an MCP message: 'y'"),
        ("stalls_in_a_line", "never answered|no answer|did not answer"),
        ("never_answers", "never answered|no answer|did not answer"),
        ("forks_and_dies", "exited with code 3|the parent gives up"),
    ],
)
def test_a_server_that_can_not_be_opened_is_explained(name: str, explanation: str) -> None:
    """Discovery ends in time and says what the server did."""
    found = discovered(name)
    assert found.offers == ()
    assert re.search(explanation, found.failure), found.failure


@pytest.mark.parametrize("name", ["floods_stderr", "never_exits"])
def test_a_server_that_answers_gets_its_legs_whatever_else_it_does(name: str) -> None:
    """A flooded stderr and a process that has to be killed are no reason not to be tested."""
    assert [offer.revision for offer in discovered(name).offers] == [REVISION]


@pytest.mark.parametrize(
    ("name", "verdict", "reason"),
    [
        ("fifty_megabytes_in_a_line", Verdict.NOT_VERIFIED, "longer than --smcp-max-message"),
        ("gigabyte_without_newline", Verdict.NOT_VERIFIED, "longer than --smcp-max-message"),
        ("nests_deeply", Verdict.NOT_VERIFIED, "nested too deeply"),
        ("closes_stdout", Verdict.NOT_VERIFIED, "closed its output but lives on"),
    ],
)
def test_a_check_ends_in_a_verdict_that_says_what_happened(name: str, verdict: Verdict, reason: str) -> None:
    """A message over the limit is nothing to judge by; a closed output is told from a death."""
    judgement = judged(name)
    assert (judgement.verdict, judgement.internal) == (verdict, False)
    assert reason in judgement.reason + judgement.got


MEASURED = """
import resource, sys
sys.path[:0] = sys.argv[1].split(":")
from conformance.test_hostile import judged
judged("never_exits")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
judgement = judged("gigabyte_without_newline")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(judgement.verdict.value, (after - before) // (1024 if sys.platform == "linux" else 1024 * 1024))
"""


def test_a_gigabyte_without_a_newline_costs_at_most_64_mebibytes() -> None:
    """The peak of resident memory, in a process of its own, before and after."""
    tests = Path(__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, f"{tests}"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ran.returncode == 0, ran.stderr
    verdict, _, mebibytes = ran.stdout.strip().rpartition(" ")
    assert verdict == "not verified"
    assert int(mebibytes) <= 64
