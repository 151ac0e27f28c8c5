"""Replay files: what they hold, what they hide, and what can be made of them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.judge import Judgement
from smcp_conformance.masking import Mask
from smcp_conformance.options import Options
from smcp_conformance.report.exchange import whole_exchange
from smcp_conformance.report.replay import (
    Recording,
    Replay,
    find_replay,
    narrowed,
    replay_path,
    write_replay,
)
from smcp_conformance.requirement import Verdict
from smcp_conformance.target import Policy, Target
from smcp_conformance.wire.transcript import Conversation

ITEM = "fix::stdio-2025-06-18::server/tools::a"
JUDGEMENT = Judgement(Verdict.FAILED, "server/tools::a", "tools.a", "MUST", "https://example.org", "Do it.", "x", "y")


def recording(**target: Any) -> Recording:
    """A short exchange with the server `fix`, one line of which is no UTF-8."""
    conversation = Conversation("stdio")
    conversation.sent(b'{"key":"topsecret"}', "stdin")
    conversation.received(b"\xff topsecret", "stdout")
    return Recording(ITEM, JUDGEMENT, Target("fix", **target), conversation.frames, "default", "7")


def written(tmp_path: Path, **target: Any) -> Path:
    """The file of that exchange."""
    path = replay_path(tmp_path, ITEM)
    write_replay(path, recording(**target), Mask(["topsecret"]))
    return path


def test_a_file_holds_the_exact_bytes_but_no_secret(tmp_path: Path) -> None:
    """Names of variables and headers, no values; git is told to ignore the folder."""
    env, headers = {"API_KEY": "topsecret"}, (("X-Key", "topsecret"),)
    document = json.loads(written(tmp_path, command=("run", "topsecret"), env=env, headers=headers).read_bytes())
    sent, received = document["exchange"]
    assert (sent["text"], sent["masked"], sent["channel"]) == ('{"key":"***"}', True, "stdin")
    assert (base64.b64decode(received["base64"]), received["size"]) == (b"\xff ***", 11)
    assert {name: document[name] for name in ("item", "verdict", "requirement", "got", "seed")} == {
        "item": ITEM,
        "verdict": "failed",
        "requirement": "tools.a",
        "got": "x",
        "seed": "7",
    }
    target = document["target"]
    assert (target["env"], target["headers"], target["command"]) == (["API_KEY"], ["X-Key"], ["run", "***"])
    assert (tmp_path / ".smcp" / ".gitignore").read_text() == "*\n"


def test_file_names_stay_short_and_differ(tmp_path: Path) -> None:
    """Two long ids with the same beginning get two names that file systems take."""
    names = {replay_path(tmp_path, f"fix::{'x' * 400}{end}").name for end in "ab"}
    assert len(names) == 2
    assert max(map(len, names)) < 255


def test_a_file_gives_its_target_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables come from the environment, headers from the command line, the rest from the file."""
    monkeypatch.setenv("API_KEY", "other-secret")
    policy = Policy(allow_tools=("get_*",), reply_timeout=2, mask=("a+",))
    path = written(
        tmp_path,
        url="http://127.0.0.1:1/mcp",
        transport="http",
        env={"API_KEY": "topsecret"},
        headers=(("X-Key", "topsecret"),),
        policy=policy,
    )
    replay = find_replay(path.name, path.parent, tmp_path)
    options = narrowed(Options(), replay, ["X-KEY: typed"])
    (target,) = options.targets
    assert (replay.item, replay.recorded, options.only) == (ITEM, "failed", True)
    assert options.revisions == ("2025-06-18", "2026-07-28")
    assert (target.name, target.url, target.transport, target.policy) == (
        "fix",
        "http://127.0.0.1:1/mcp",
        "http",
        policy,
    )
    assert dict(target.env) == {"API_KEY": "other-secret"}
    assert target.headers == (("X-KEY", "typed"),)


def test_what_a_file_hides_must_be_given(tmp_path: Path) -> None:
    """Each missing thing is named."""
    path = written(
        tmp_path, command=("run", "topsecret"), env={"NOT_SET_ANYWHERE": "topsecret"}, headers=(("X", "topsecret"),)
    )
    with pytest.raises(
        pytest.UsageError, match=r"set environment variable NOT_SET_ANYWHERE, header X, \*\*\*, or name"
    ):
        narrowed(Options(), find_replay(str(path), tmp_path, tmp_path), [])


def test_a_configured_target_goes_before_that_of_the_file(tmp_path: Path) -> None:
    """Only the target of the item is started."""
    replay = find_replay(str(written(tmp_path, command=("old",))), tmp_path, tmp_path)
    options = Options(targets=(Target("fix", ("new",)), Target("other")), revisions=("2024-11-05",))
    found = narrowed(options, replay, [])
    assert [target.command for target in found.targets] == [("new",)]
    assert found.revisions == ("2024-11-05", "2025-06-18")
    with pytest.raises(pytest.UsageError, match="no target is called 'gone'; there is fix, other"):
        narrowed(options, Replay("gone::start"), [])


@pytest.mark.parametrize(
    ("item", "asked", "expected"),
    [
        ("fix::stdio-2026-07-28::p::a", "default", "default"),
        ("fix::stdio-2025-11-25::p::a", "default", "default"),
        ("fix::start", "default", "default"),
        ("fix::stdio-2025-06-18::p::a", ("2025-06-18",), ("2025-06-18",)),
    ],
)
def test_revisions_are_added_only_where_needed(item: str, asked: Any, expected: Any) -> None:
    """The eras that the run asked for decide what a check takes for granted."""
    assert narrowed(Options(targets=(Target("fix"),), revisions=asked), Replay(item), []).revisions == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", ":1:2: must be JSON"),
        ("[]", "must hold a JSON object"),
        ('{"format": 2}', "must be a replay file of format 1"),
        ('{"format": 1, "revisions": "default"}', r"is damaged \(KeyError\('target'\)\)"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    """By its path."""
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(pytest.UsageError, match=f"x.json.*{told}"):
        find_replay("x.json", tmp_path, tmp_path)


def test_an_item_is_no_file(tmp_path: Path) -> None:
    """What is neither is told; an item's own file is found below the rootdir."""
    assert find_replay(ITEM, tmp_path, tmp_path) == Replay(ITEM)
    written(tmp_path, command=("run",))
    assert find_replay(ITEM, tmp_path / "below", tmp_path).recorded == "failed"
    with pytest.raises(pytest.UsageError, match=r"'nosuch\.json' must be the id of an item .* or a file that exists"):
        find_replay("nosuch.json", tmp_path, tmp_path)


def test_the_whole_exchange_is_shown_without_secrets() -> None:
    """Each frame on a line, long ones bounded."""
    frames = recording().frames
    first, second = whole_exchange(frames, Mask(["topsecret"])).splitlines()
    assert first.endswith('-> stdin    {"key":"***"}')
    assert second.endswith(r"<- stdout   \xff ***")
    conversation = Conversation("stdio")
    conversation.received(b"x" * 70_000, "stdout")
    assert whole_exchange(conversation.frames, Mask([])).endswith("… (70000 characters)")


def test_gigantic_frames_are_cut_in_the_file(tmp_path: Path) -> None:
    """Their size is told."""
    conversation = Conversation("stdio")
    conversation.received(b"x" * 2_000_000, "stdout")
    path = tmp_path / "a" / "b" / "c.json"
    write_replay(path, replace(recording(), frames=conversation.frames), Mask([]))
    (frame,) = json.loads(path.read_bytes())["exchange"]
    assert (frame["cut"], frame["size"], len(frame["text"])) == (True, 2_000_000, 2**20)
