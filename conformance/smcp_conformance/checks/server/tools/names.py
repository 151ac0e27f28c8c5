"""Tools, names."""

from __future__ import annotations

import re
from collections import Counter

from smcp_conformance.checks.server.tools.listing import listed
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import check

SPECIAL = re.compile(r"[^A-Za-z0-9_.\-]")


@check("tool-names.length")
def tool_names_have_1_to_128_characters(leg: Leg) -> None:
    """Looks at the length of each tool's name."""
    for tool in listed(leg):
        name = str(tool.get("name", ""))
        assert 1 <= len(name) <= 128, f"got {name!r} with {len(name)} characters, must be 1 to 128"


@check("tool-names.charset", "tool-names.no-special")
def tool_names_use_plain_characters(leg: Leg) -> None:
    """Looks at the characters of each tool's name."""
    for tool in listed(leg):
        strange = SPECIAL.search(str(tool.get("name", "")))
        assert not strange, f"got {tool.get('name')!r}, must be of ASCII letters, digits, '_', '-' and '.' only"


@check("tool-names.unique", "tool-names.unique.legacy")
def tool_names_are_unique(leg: Leg) -> None:
    """Compares the names of all tools over all pages."""
    counts = Counter(str(tool.get("name")) for tool in listed(leg))
    twice = [name for name, count in counts.items() if count > 1]
    assert not twice, f"got several tools named {twice}, must be one tool per name"
