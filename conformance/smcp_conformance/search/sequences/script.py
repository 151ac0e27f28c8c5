"""A sequence as people read it: its steps by number, what was sent, what came back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from smcp_conformance.reply import brief
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.wire.transcript import Conversation, Direction, Frame

SHOWN = 240  # characters of a frame
FRAMES = 8  # of one step
PREFACE = "Each step is followed by a ping of each client that is there, of which only the last is shown."
Mask = Callable[[str], str]


def script(steps: Sequence[Step], conversations: Sequence[Conversation], mask: Mask) -> str:
    """Number the steps and show under each what was said during it; after the last one also the ping that follows."""
    several = any(step.client != steps[0].client for step in steps)
    lines = [PREFACE]
    for number, step in enumerate(steps, 1):
        lines.append(f"{number}. {f'client {step.client}: ' if several else ''}{brief(mask(str(step)), SHOWN)}")
        lines += _lines(_frames(conversations, f"step {number}"), mask)
    return "\n".join([*lines, *_lines(_frames(conversations, f"after step {len(steps)}"), mask)])


def _frames(conversations: Sequence[Conversation], probe: str) -> list[Frame]:
    frames = [frame for each in conversations for frame in each.frames if frame.probe == probe]
    return [frame for frame in frames if not _usual(frame)]


def _lines(frames: Sequence[Frame], mask: Mask) -> Iterator[str]:
    for frame in frames[:FRAMES]:
        yield f"   {frame.direction.value} {brief(mask(_said(frame)), SHOWN)}"
    if len(frames) > FRAMES:
        yield f"   … {len(frames) - FRAMES} more"


def _said(frame: Frame) -> str:
    """A frame as text; of our requests what tells them apart."""
    if frame.direction is not Direction.SENT or "method" not in frame.message:
        return frame.text
    params = {name: value for name, value in dict(frame.message.get("params") or {}).items() if name != "_meta"}
    id = f" (id {json.dumps(frame.message['id'])})" if frame.is_request else ""
    return f"{frame.message['method']}{f' {json.dumps(params, ensure_ascii=False)}' if params else ''}{id}"


def _usual(frame: Frame) -> bool:
    """Tell whether a frame notes only what goes without saying: that an HTTP exchange went well, that one is over."""
    return frame.direction is Direction.NOTE and ("HTTP 20" in frame.text or frame.text == "stdin closed")
