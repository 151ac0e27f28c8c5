"""A short, seeded part of what `bench/fuzz_server.py` does at length: fuzzed messages to a live server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import smcp_canary as canary
import smcp_clients
from smcp_clients import call
from smcp_fuzz.attacks import ATTACKS, Departure, Tally
from smcp_fuzz.judging import Fate, judge


@pytest.mark.parametrize(
    ("transport", "era"),
    [
        ("stdio", "handshake"),
        ("stdio", "stateless"),
        ("http", "handshake"),
        ("http", "stateless"),
        ("sse", "handshake"),
    ],
)
def test_fuzzed_messages_are_answered_or_ignored_as_the_specification_says(
    tmp_path: Path, transport: str, era: str
) -> None:
    """Nothing dies or hangs, and the canary runs for well-formed calls and for nothing else."""
    canary.plugins(tmp_path)
    tally = ATTACKS[transport](tmp_path, 300, 20261122, era)
    assert sum(tally.fates.values()) >= 290
    assert all(tally.fates[fate] > 20 for fate in Fate)
    assert tally.check(tmp_path) > 5


@pytest.mark.parametrize(
    ("raw", "fate"),
    [
        (b'{"jsonrpc":"2.0","id":1,"method":"x"}', Fate.ANSWERED),
        (b'{"jsonrpc":"2.0","id":"","method":"x","params":{},"more":1.5}', Fate.ANSWERED),
        (b'{"jsonrpc":"2.0","id":true,"method":"x"}', Fate.REFUSED),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":[]}', Fate.REFUSED),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","y":1e999}', Fate.REFUSED),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","\\udfff":1}', Fate.REFUSED),
        (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', Fate.REFUSED),
        (b"[]", Fate.REFUSED),
        (b"\xef\xbb\xbf{}", Fate.REFUSED),
        (b'{"method":"x"}', Fate.SILENCE),
        (b'{"id":1,"result":1}', Fate.SILENCE),
        (b" \r", Fate.SILENCE),
    ],
)
def test_the_judge_knows_the_rules(raw: bytes, fate: Fate) -> None:
    """By itself, without the server's code."""
    assert judge(raw).fate is fate


def test_a_stray_canary_is_noticed(tmp_path: Path) -> None:
    """One that no well-formed call asked for; and only well-formed calls have a token."""
    canary.traces(tmp_path).write_text('"t1"\n"t2"\n', encoding="utf-8")
    good = json.dumps(call(1, canary.TOOL, {"token": "t1"}))
    bad = json.dumps({**call(2, canary.TOOL, {"token": "t2"}), "jsonrpc": "1.0"})
    tally = Tally()
    tally.note(judge(good.encode()))
    tally.note(judge(bad.encode()))
    with pytest.raises(Departure, match="t2"):
        tally.check(tmp_path)


LENIENT = """
import smcp.conversation as conversation
strict = conversation.parse
conversation.parse = lambda raw: strict(raw.decode("utf-8", "replace").encode())
from smcp.__main__ import main
main()
"""


def test_a_server_that_repairs_what_it_reads_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes bytes for text with a mark in it, as the SDK's does, serves what it must refuse."""

    def command(transport: str, *more: str) -> list[str]:
        return [sys.executable, "-c", LENIENT, "--transport", transport, *more]

    monkeypatch.setattr(smcp_clients, "arguments_for", command)
    canary.plugins(tmp_path)
    with pytest.raises(Departure):
        ATTACKS["stdio"](tmp_path, 300, 20261122, "handshake")
