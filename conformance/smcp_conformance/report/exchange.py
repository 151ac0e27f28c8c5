"""Which frames an item's finding rests on, and which call of a tool they answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from smcp_conformance.judge import mine
from smcp_conformance.leg import Leg
from smcp_conformance.masking import CUT, Mask
from smcp_conformance.requirement import REGISTRY, Check
from smcp_conformance.search.tool_check import PAGE
from smcp_conformance.wire.transcript import Frame

SHOWN = 64 * 2**10  # characters of one frame


def frames_of(check: Check, leg: Leg) -> tuple[Frame, ...]:
    """All frames that the check at work sent and received; of a monitor that complained, those around it."""
    complaints = leg.watch(check).complaints if check.monitor else []
    if complaints:
        return complaints[0].excerpt
    return tuple(frame for conversation in leg.used for frame in mine(conversation.frames, check.id))


def seen_during(check: Check, leg: Leg) -> str:
    """The id of the item in whose traffic the monitor `check` saw what it complains of; "" if in its own."""
    complaints = leg.watch(check).complaints if check.monitor else []
    probe = complaints[0].observation.frame.probe if complaints else check.id
    known = probe in REGISTRY or probe.startswith("generated/")
    return f"{leg.offer.id}::{probe}" if known and probe != check.id else ""


def generated_inputs(check: Check, leg: Leg) -> dict[str, Any] | None:
    """The arguments of the generated call whose answer the monitor `check` complains of; None if it was no such."""
    if not seen_during(check, leg).startswith(f"{leg.offer.id}::{PAGE}::"):
        return None
    complaint = leg.watch(check).complaints[0]
    answer = complaint.observation.frame
    calls = [frame.message for frame in complaint.excerpt if frame.message.get("method") == "tools/call"]
    answered = [call for call in calls if call.get("id") == answer.message.get("id")] or calls
    return {"arguments": answered[-1]["params"].get("arguments", {})} if answered else None


def whole_exchange(frames: Iterable[Frame], mask: Mask) -> str:
    """Show every frame, one a line; only the longest are cut."""
    return "\n".join(
        f"{frame.at:7.3f} {frame.direction.value} {frame.channel:8} {mask(_bounded(frame.text))}" for frame in frames
    )


def _bounded(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} {CUT} ({len(text)} characters)"
