"""Globs of tools that may be called, or of which something is said: one that matches no tool there is was mistyped.

Only servers know their tools, so this is found out with all else before anything runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest

from smcp_conformance.options import TYPED
from smcp_conformance.target import Policy, Target
from smcp_conformance.wire.errors import WireError
from smcp_conformance.wording import enumerated

if TYPE_CHECKING:
    from smcp_conformance.offer import Discovery
    from smcp_conformance.run import ConformanceRun
    from smcp_conformance.session import Session

PAGES = 50  # of a list of tools; a longer one, or one that takes longer than a start, is not known as a whole
SHOWN = 20
ALL = "*"

Names = tuple[str, ...] | None
Tools = tuple[Mapping[str, Any], ...] | None


def asks_for_names(policy: Policy) -> bool:
    """Tell whether the names of the tools matter: `*` means whatever there is, even if that is nothing."""
    return any(glob != ALL for glob in policy.allow_tools)


def listed_tools(session: Session, capabilities: object) -> Tools:
    """All tools that are listed in an open session; None if that can't be known."""
    if not isinstance(capabilities, dict) or "tools" not in capabilities:
        return ()
    found: list[Mapping[str, Any]] = []
    until = time.monotonic() + session.start_timeout
    try:
        for reply in session.pages("tools/list", "tools", PAGES):
            tools = reply.result.get("tools")
            if not isinstance(tools, list):
                return None
            found += [tool for tool in tools if isinstance(tool, dict) and "name" in tool]
            if reply.result.get("nextCursor") is None:
                return tuple(found)
            if time.monotonic() > until:
                return None
    except WireError:
        pass  # the checks say what there is to say of it
    return None


def names_of(tools: Tools) -> Names:
    """The names of `tools`; None if those are not known."""
    return None if tools is None else tuple(str(tool["name"]) for tool in tools)


def merged(lists: list[Names]) -> Names:
    """The names of several lists, each once; None if there is no list, or one is not known."""
    known = [names for names in lists if names is not None]
    if not lists or len(known) < len(lists):
        return None
    return tuple(dict.fromkeys(name for names in known for name in names))


class Allowance:
    """A plugin for the process that finds out what there is."""

    def __init__(self, run: ConformanceRun) -> None:
        self._run = run

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Raise pytest.UsageError for a glob that matches no tool of any target that it was given for."""
        for glob, lists in self._concerned().items():
            names = merged(lists)
            if names is not None and not any(fnmatchcase(name, glob) for name in names):
                raise pytest.UsageError(f"allowed tools: {glob!r} matches no tool; {there_is(names)}")
        self._look_at_settings()

    def _look_at_settings(self) -> None:
        """What pyproject.toml says of a tool of its own targets has to be there; of typed ones it is only missed."""
        settings, origin = self._run.options.tools, self._run.options.origin
        names = merged([_names_in(discovery) for discovery in self._run.discoveries]) if settings else None
        for each in settings if names is not None else ():
            if each.glob == ALL or any(fnmatchcase(name, each.glob) for name in names or ()):
                continue
            text = f"{each.source}: the glob matches no tool; {there_is(names or ())}"
            if origin != TYPED:
                raise pytest.UsageError(text)
            self._run.config.issue_config_time_warning(pytest.PytestConfigWarning(text), 2)

    def _concerned(self) -> Mapping[str, list[Names]]:
        """Each glob with the lists of tools that it may choose from."""
        found: dict[str, list[Names]] = {}
        for globs, names in self._offered():
            for glob in globs:
                if glob != ALL:
                    found.setdefault(glob, []).append(names)
        return found

    def _offered(self) -> Iterator[tuple[tuple[str, ...], Names]]:
        options = self._run.options
        targets: dict[str, Target] = {target.name: target for target in options.targets}
        if any(asks_for_names(target.policy) for target in targets.values()):
            for discovery in self._run.discoveries:
                yield targets[discovery.target].policy.allow_tools, discovery.tools
        if options.plugins and asks_for_names(options.policy):
            for plugin in self._run.plugins:
                commands: Any = (command.tool_name for command in plugin.commands)
                yield options.policy.allow_tools, tuple(commands) if plugin.callable else None


def _names_in(discovery: Discovery) -> Names:
    """The names of a target's tools on all its legs; None if some are not known."""
    if discovery.failure or any(offer.more_tools != 0 for offer in discovery.offers):
        return None
    return tuple(tool.name for offer in discovery.offers for tool in offer.tools)


def there_is(names: tuple[str, ...]) -> str:
    """Say which tools there are, or the first ones of many."""
    return f"there is {enumerated(names, SHOWN)}" if names else "there is none"
