"""Faults of icons (basic/index)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault
from mutants.faults.tampering import redefine
from mutants.machine import Machine

ICONS = revisions.since("2025-11-25")


def _give_icon(machine: Machine, **icon: Any) -> None:
    redefine(machine, "echo", icons=[icon])


@fault(
    "icon-without-source",
    breaks=("icons.shape",),
    summary="an icon has no src",
    revisions=ICONS,
)
def icon_without_source(machine: Machine) -> None:
    _give_icon(machine, mimeType="image/png")


@fault(
    "icon-from-file",
    breaks=("icons.src-scheme",),
    summary="an icon is a file: URL",
    revisions=ICONS,
)
def icon_from_file(machine: Machine) -> None:
    _give_icon(machine, src="file:///usr/share/icons/tool.png")


@fault(
    "icon-size-malformed",
    breaks=("icons.sizes-format",),
    summary="an icon's size is large",
    revisions=ICONS,
)
def icon_size_malformed(machine: Machine) -> None:
    _give_icon(machine, src="https://example.com/tool.png", sizes=["large"])
