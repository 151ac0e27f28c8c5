"""What servers declare and no check looks at yet: a run that says nothing of it must not be read as praise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smcp_conformance.offer import Discovery
from smcp_conformance.requirement import Check

PAGES = {
    "tools": "server/tools",
    "resources": "server/resources",
    "prompts": "server/prompts",
    "completions": "server/utilities/completion",
    "logging": "server/utilities/logging",
    "tasks": "basic/utilities/tasks",
}
"""The spec's page on each capability of servers."""


def unchecked(discoveries: Iterable[Discovery], checks: Iterable[Check]) -> Iterator[str]:
    """Yield a line for each target that declares a capability on whose page there are no checks."""
    pages = tuple(f"{check.page}/" for check in checks)
    silent = [name for name, page in PAGES.items() if not any(each.startswith(f"{page}/") for each in pages)]
    declared: dict[str, list[str]] = {}
    for offer in (offer for discovery in discoveries for offer in discovery.offers):
        declared.setdefault(offer.group, []).extend(name for name in silent if offer.declares(name))
    for group, names in declared.items():
        if names:
            yield f"{group}: declared but without checks yet: {', '.join(dict.fromkeys(names))}"
