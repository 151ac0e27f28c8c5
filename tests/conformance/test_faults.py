"""Each mutant says which requirements it breaks, and can be told from the faultless server.

Most are told apart by what they answer in a long conversation that runs in this process; those that misbehave as a
process, or with connections, each have a test of their own.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from typing import Any

import pytest
from mutants import faults
from mutants.conversation import conversations, mutant, transcript
from mutants.faults import Fault
from mutants.web_conversation import http_transcripts, sse_transcript

from smcp_conformance.catalogue import requirements
from smcp_conformance.requirement import Level

ALONE = {"one-message-per-read", "disconnect-ignored", "disconnect-cancels"}
HTTP = [fault for fault in faults() if fault.transport == "http" and fault.name not in ALONE]
SSE = [fault for fault in faults() if fault.transport == "sse"]
STDIO = [fault for fault in faults() if fault.transport in ("any", "stdio") and fault.name not in ALONE]


@pytest.fixture(autouse=True)
def tame(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would hurt this process ends the conversation instead: waiting, children, closed files, the end."""

    def hurt(*args: Any, **kwargs: Any) -> None:
        raise SystemExit(f"hurts: {args!r}")

    monkeypatch.setattr(time, "sleep", hurt)
    monkeypatch.setattr(subprocess, "Popen", hurt)
    monkeypatch.setattr(os, "close", hurt)
    monkeypatch.setattr(os, "_exit", hurt)


def told(fault: str | None, revision: str) -> Iterator[list[str]]:
    """What a server answers, conversation by conversation."""
    for said in conversations(revision):
        written: list[bytes] = []
        yield transcript(mutant(fault, written), written, said)


@cache
def healthy(revision: str) -> list[list[str]]:
    """What the faultless server answers."""
    return list(told(None, revision))


@pytest.mark.parametrize("fault", STDIO, ids=lambda fault: fault.name)
def test_mutant_differs_from_the_faultless_server(fault: Fault) -> None:
    """In one of the revisions in which the fault shows, some answer or the end of the process is another."""
    shown_in = fault.revisions or ("2025-11-25", "2026-07-28")
    pairs = (pair for each in shown_in[-2:] for pair in zip_longest(told(fault.name, each), healthy(each)))
    assert any(answered != expected for answered, expected in pairs)


@cache
def healthy_http(*shown_in: str) -> list[list[str]]:
    """What the faultless server answers over HTTP."""
    return list(http_transcripts(None, shown_in))


@pytest.mark.parametrize("fault", HTTP, ids=lambda fault: fault.name)
def test_mutant_over_http_differs_from_the_faultless_server(fault: Fault) -> None:
    """Some status, header or body is another, or a stream stays open that should end, or the reverse."""
    shown_in = (fault.revisions or ("2025-11-25", "2026-07-28"))[-2:]
    pairs = zip_longest(http_transcripts(fault.name, shown_in), healthy_http(*shown_in))
    assert any(answered != expected for answered, expected in pairs)


@pytest.mark.parametrize("fault", SSE, ids=lambda fault: fault.name)
def test_mutant_over_http_sse_differs_from_the_faultless_server(fault: Fault) -> None:
    """Some status, event or endpoint is another."""
    assert sse_transcript(fault.name) != sse_transcript(None)


def test_faultless_server_answers_alike_over_http() -> None:
    """Without a fault two runs over HTTP have one transcript, or the tests above would prove nothing."""
    shown_in = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
    assert list(http_transcripts(None, shown_in)) == list(http_transcripts(None, shown_in))
    assert sse_transcript(None) == sse_transcript(None)


# A MAY is not broken by leaving it, but what is done may be done wrong: 405 refuses a DELETE, 500 does not.
DONE_WRONG = {"http.session.delete"}


def test_requirements_that_are_broken_exist() -> None:
    """Each fault breaks known requirements that are absolute or recommended, in a revision and transport of theirs."""
    known = requirements()
    for fault in faults():
        broken = [known[id_] for id_ in fault.breaks]
        assert broken
        assert not [each.id for each in broken if each.level is Level.MAY and each.id not in DONE_WRONG], fault.name
        assert all(not fault.revisions or set(fault.revisions) & set(each.revisions) for each in broken), fault.name
        assert all("any" in (each.transport, fault.transport) or each.transport == fault.transport for each in broken)


def test_mutants_are_many_and_named_apart() -> None:
    """At least 110 faults over at least 110 requirements, each with a summary of its own."""
    assert len({fault.name for fault in faults()}) == len(faults()) >= 110
    assert len({id_ for fault in faults() for id_ in fault.breaks}) >= 110
    assert len({fault.summary for fault in faults()}) == len(faults())


def test_faultless_server_answers_alike_each_time() -> None:
    """Without a fault two runs of all conversations have one transcript, or the test above would prove nothing."""
    for revision in ("2025-11-25", "2026-07-28"):
        assert list(told(None, revision)) == healthy(revision)
