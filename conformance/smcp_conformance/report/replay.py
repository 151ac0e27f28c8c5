"""Replay files: what it takes to see one finding again, and what was seen the first time.

One JSON object per item in `.smcp/replays/` below the rootdir. Of environment variables and headers only the names are
kept, and secrets are masked in all the rest, so such a file can be attached to an issue.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from smcp_conformance.collect import escape
from smcp_conformance.judge import Judgement
from smcp_conformance.masking import MASK, Mask
from smcp_conformance.options import PLUGINS, Options
from smcp_conformance.plugin_configuration import plugin_folders
from smcp_conformance.report.finding import said
from smcp_conformance.revisions import HANDSHAKE_REVISIONS, REVISIONS, STATELESS_REVISION
from smcp_conformance.table import read_document
from smcp_conformance.target import Policy, Target, TargetError, parse_header
from smcp_conformance.wire.transcript import Frame

FOLDER = Path(".smcp", "replays")
FORMAT = 1
ASKED_BY_DEFAULT = (HANDSHAKE_REVISIONS[-1], STATELESS_REVISION)
LONGEST_NAME = 200
KEPT = 2**20  # bytes of one frame


@dataclass(frozen=True)
class Recording:
    """What was seen of one item.

    `during` is the item in whose traffic a monitor saw it ("": its own), `seed` is Hypothesis' (None: none was set),
    `revisions` are those that the run was asked for. Of a plugin's item there is no target, but a `plugin`: what
    `cli.record` made of it. `inputs` are what was generated for a tool, and showed a violation.
    """

    item: str
    judgement: Judgement
    target: Target | None
    frames: tuple[Frame, ...]
    revisions: str | tuple[str, ...] = "default"
    seed: str | None = None
    during: str = ""
    plugin: Mapping[str, Any] | None = None
    inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Replay:
    """What is to be seen again: the item, and, if there is a file, the verdict recorded there and the target.

    `during` is another item that must run before it, because its traffic is what a monitor complained of. `inputs` are
    the generated ones that showed the violation (None: there were none, or they hold a secret), of the item, or of the
    one `during` which a monitor saw it. Of a plugin's item there are its `folder` and the tools that were allowed.
    """

    item: str
    recorded: str = ""
    target: Target | None = None
    revisions: str | tuple[str, ...] = "default"
    during: str = ""
    folder: Path | None = None
    allowed: tuple[str, ...] = ()
    inputs: Mapping[str, Any] | None = None

    @property
    def items(self) -> list[str]:
        """What to run."""
        return [self.during, self.item] if self.during else [self.item]

    @property
    def group(self) -> str:
        """The target's name in node ids."""
        return self.item.partition("::")[0]

    @property
    def leg(self) -> str:
        """The leg's, or the plugin's, name in node ids; "start" of an item without a leg."""
        return self.item.split("::")[1]

    @property
    def revision(self) -> str:
        """The revision of the item's leg; "" if it has none (`NAME::start`)."""
        return next((revision for revision in REVISIONS if self.leg.endswith(revision)), "")


def replay_path(rootdir: Path, item: str) -> Path:
    """Where the file of `item` is."""
    name = quote(item, safe="")
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(item.encode()).hexdigest()[:8]}"
    return rootdir / FOLDER / f"{name}.json"


def write_replay(path: Path, recording: Recording, mask: Mask) -> None:
    """Write `recording`, masked; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    judgement = recording.judgement.to_json()
    document = {
        "format": FORMAT,
        "item": recording.item,
        "during": recording.during,
        "verdict": said(recording.judgement),
        **{name: judgement[name] for name in ("check", "requirement", "level", "link", "text")},
        **{name: judgement[name] for name in ("got", "must_be", "reason")},
        **_subject(recording, mask),
        "revisions": recording.revisions,
        "seed": recording.seed,
        "stderr": judgement["stderr"],
    }
    wire = [_frame(frame, mask) for frame in recording.frames]
    text = json.dumps({**mask.value(document), "exchange": wire}, ensure_ascii=False, indent=1)
    path.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")


def _subject(recording: Recording, mask: Mask) -> dict[str, Any]:
    if recording.target is not None:
        masked = mask.value(recording.inputs) != recording.inputs
        return {"target": _described(recording.target), "inputs": None if masked else recording.inputs}
    found = dict(recording.plugin or {})
    return {"plugin": {**found, "masked": mask.value(found.get("inputs")) != found.get("inputs")}}


def _described(target: Target) -> dict[str, Any]:
    return {
        "name": target.name,
        "group": target.group,
        "transport": target.transport,
        "command": list(target.command),
        "cwd": str(target.cwd),
        "url": target.url,
        "env": sorted(target.env),
        "headers": [name for name, _ in target.headers],
        "allow-tools": list(target.policy.allow_tools),
        "start-timeout": target.policy.start_timeout,
        "reply-timeout": target.policy.reply_timeout,
        "max-message": target.policy.max_message,
        "mask": list(target.policy.mask),
    }


def _frame(frame: Frame, mask: Mask) -> dict[str, Any]:
    """The exact bytes as `text`, or as `base64` if they are no UTF-8; `masked` and `cut` tell what is not exact."""
    kept = frame.raw[:KEPT]
    raw = mask.raw(kept)
    shown = {"at": round(frame.at, 4), "direction": frame.direction.value, "channel": frame.channel, "size": frame.size}
    more = {**({"masked": True} if raw != kept else {}), **({"cut": True} if kept != frame.raw else {})}
    try:
        return {**shown, "text": raw.decode("utf-8"), **more}
    except UnicodeDecodeError:
        return {**shown, "base64": base64.b64encode(raw).decode(), **more}


def find_replay(asked: str, here: Path, rootdir: Path) -> Replay:
    """Read `--smcp-replay ITEM-OR-FILE`, and the file of the item if there is one; raises pytest.UsageError."""
    for path in (here / asked, replay_path(rootdir, asked)):
        if path.is_file():
            return _read(path)
    if "::" in asked:
        return Replay(asked)
    raise pytest.UsageError(
        f"--smcp-replay: {asked!r} must be the id of an item (NAME::leg::page::check) or a file that exists"
    )


def of_plugin(document: Mapping[str, Any]) -> Replay:
    """Read the file of a plugin's item; raises KeyError or TypeError if it is damaged."""
    plugin = document["plugin"]
    inputs = None if plugin["masked"] else plugin["inputs"]
    allowed = tuple(plugin["allow-tools"])
    return Replay(document["item"], document["verdict"], folder=Path(plugin["folder"]), allowed=allowed, inputs=inputs)


def with_plugin(options: Options, replay: Replay) -> Options:
    """Reduce `options` to the plugin of `replay`: one that is configured goes before that of the file."""
    folder, shelves, policy = replay.folder, options.plugins, options.policy
    if folder and replay.leg not in map(escape, plugin_folders(shelves, options.plugin_settings)):
        shelves, policy = (folder.parent,), replace(policy, allow_tools=(*policy.allow_tools, *replay.allowed))
    if not plugin_folders(shelves, options.plugin_settings):
        raise pytest.UsageError(
            f"--smcp-replay: no plugin is called {replay.leg!r}; --smcp-plugins DIR names its folder"
        )
    return replace(options, targets=(), plugins=shelves, policy=policy, only=True)


def _read(path: Path) -> Replay:
    try:
        document = read_document(path, json.loads, "JSON")
    except TargetError as error:
        raise pytest.UsageError(f"--smcp-replay: {error}") from None
    if document.get("format") != FORMAT:
        raise pytest.UsageError(f"--smcp-replay: {str(path)!r} must be a replay file of format {FORMAT}")
    try:
        if "plugin" in document:
            return of_plugin(document)
        revisions = document["revisions"]
        target = _target(document["target"], str(path))
        asked = revisions if isinstance(revisions, str) else tuple(revisions)
        return Replay(
            document["item"], document["verdict"], target, asked, document["during"], inputs=document.get("inputs")
        )
    except (KeyError, TypeError) as error:
        raise pytest.UsageError(f"--smcp-replay: {str(path)!r} is damaged ({error!r})") from None


def _target(described: Mapping[str, Any], source: str) -> Target:
    return Target(
        described["name"],
        tuple(described["command"]),
        described["url"],
        described["transport"],
        Path(described["cwd"]),
        {name: os.environ.get(name, MASK) for name in described["env"]},
        tuple((name, MASK) for name in described["headers"]),
        Policy(
            tuple(described["allow-tools"]),
            described["start-timeout"],
            described["reply-timeout"],
            described["max-message"],
            tuple(pattern for pattern in described["mask"] if MASK not in pattern),
        ),
        source,
        described["group"],
    )


def narrowed(options: Options, replay: Replay, headers: Sequence[str]) -> Options:
    """Reduce `options` to what `replay` needs; `headers` ("NAME: VALUE") replace those of the file.

    Raises pytest.UsageError.
    """
    targets = tuple(target for target in options.targets if target.group == replay.group)
    if replay.group == PLUGINS and not (targets or replay.target):
        return with_plugin(options, replay)
    revisions = options.revisions
    if not options.targets and replay.target:
        targets, revisions = (_complete(replay.target, dict(map(parse_header, headers))),), replay.revisions
    if not targets:
        names = ", ".join(dict.fromkeys(target.group for target in options.targets)) or "none"
        raise pytest.UsageError(f"--smcp-replay: no target is called {replay.group!r}; there is {names}")
    return replace(options, targets=targets, plugins=(), revisions=_with(replay.revision, revisions), only=True)


def _complete(target: Target, headers: Mapping[str, str]) -> Target:
    """Fill in what the file does not tell."""
    given = {name.lower() for name in headers}
    kept = tuple((name, value) for name, value in target.headers if name.lower() not in given)
    complete = replace(target, headers=(*kept, *headers.items()))
    hidden = [f"environment variable {name}" for name, value in complete.env.items() if MASK in value]
    hidden += [f"header {name}" for name, value in complete.headers if MASK in value]
    hidden += [word for word in (*complete.command, complete.url or "") if MASK in word]
    if hidden:
        raise pytest.UsageError(
            f"--smcp-replay: {target.source!r} does not tell secrets; set {', '.join(hidden)}, "
            "or name the target with --smcp-server, --smcp-url or --smcp-config"
        )
    return complete


def _with(revision: str, asked: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Add `revision` to those asked for, unless it is asked for by default."""
    if not revision or revision in asked or (asked == "default" and revision in ASKED_BY_DEFAULT):
        return asked
    wanted = {revision, STATELESS_REVISION} if asked == "default" else {revision, *asked}
    return tuple(each for each in REVISIONS if each in wanted)
