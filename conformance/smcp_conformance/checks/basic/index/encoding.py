"""The bytes of every message, before anything has parsed them: UTF-8, strict JSON, finite numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.traffic import spoken
from smcp_conformance.wire.text import parse
from smcp_conformance.wire.transcript import Conversation, Frame

BOM = b"\xef\xbb\xbf"
LONE = re.compile("[\ud800-\udfff]")
QUOTED = re.compile(rb"""(["'])jsonrpc\1""")
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Text:
    """One JSON text as written: why it is none ("" if it is), its constants (NaN …), its repeated outer members."""

    error: str
    constants: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    surrogates: bool = False


@lru_cache(maxsize=64)
def read(raw: bytes) -> Text:
    """Read JSON that must be UTF-8; constants like NaN are noted apart, for they are a fault of their own."""
    constants: list[str] = []
    repeated: tuple[str, ...] = ()

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated  # objects end from the inside out, so the last one is the message
        names = [name for name, _ in pairs]
        repeated = tuple(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        value = parse(raw, parse_constant=constants.append, object_pairs_hook=members)
    except ValueError as error:
        return Text(str(error))
    lone = bool(LONE.search(json.dumps(value, ensure_ascii=False))) if b"\\u" in raw else False
    return Text("", tuple(constants), repeated, lone)


def candidates(conversation: Conversation) -> Iterator[Frame]:
    """The frames that are JSON-RPC or look as if they were meant to be."""
    for frame in spoken(conversation):
        if frame.is_message or QUOTED.search(frame.raw) or frame.facts.get("event") == "message":
            yield frame


@monitor("jsonrpc.utf8")
def every_message_is_utf_8(conversation: Conversation) -> Iterator[Observation]:
    """The bytes of each message decode strictly as UTF-8."""
    for frame in candidates(conversation):
        garbled = not frame.is_message and frame.text.encode() != frame.raw
        yield Observation(frame, f"got the bytes {brief(frame.text)}, must be UTF-8" if garbled else None)


@monitor("schema.strict-json")
def every_message_is_strict_json(conversation: Conversation) -> Iterator[Observation]:
    """Each message is one JSON text: no byte order mark, comment, trailing comma, repeated member, second text."""
    for frame in candidates(conversation):
        text = read(frame.raw.removeprefix(BOM))
        yield Observation(frame, _complaint(conversation, frame, text))


def _complaint(conversation: Conversation, frame: Frame, text: Text) -> str | None:
    shown = brief(frame.text, 120)
    if frame.raw.startswith(BOM):
        return f"got a byte order mark before {shown}, must be JSON alone"
    if text.error and "codec" not in text.error:
        return f"got {shown} ({text.error}), must be one JSON text"
    if text.repeated:
        return f"got the member {text.repeated[0]!r} twice in {shown}, must be distinct members"
    ours = any(SURROGATE_ESCAPE.search(sent.raw) for sent in conversation.outgoing) if text.surrogates else True
    return None if ours else f"got a lone surrogate in {shown}, must be text that UTF-8 can carry"


@monitor("schema.numbers-finite")
def every_number_is_finite(conversation: Conversation) -> Iterator[Observation]:
    """No message holds NaN, Infinity or -Infinity, which are no JSON."""
    for frame in candidates(conversation):
        constants = read(frame.raw.removeprefix(BOM)).constants
        yield Observation(frame, f"got {constants[0]}, must be a JSON number" if constants else None)
