"""Named sets of tools, read from the JSON files that `SMCP_PROFILES` names.

A file holds `profiles` (name -> mode and what the mode needs), and may name a `default_profile` and `intent_hints`
that tell a model which tool serves what. The format is upstream's, so existing files keep working. Several files in
a folder count as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_WORDS = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}}]}

# Mode -> the member that it needs, if any.
_NEEDS = {"all": None, "prefix": "prefix", "glob": "patterns", "explicit": "tools"}


def _needing(mode: str, need: str) -> dict[str, Any]:
    return {"if": {"properties": {"mode": {"const": mode}}, "required": ["mode"]}, "then": {"required": [need]}}


_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "default_profile": {"type": "string"},
        "profiles": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["mode"],
                "properties": {
                    "mode": {"enum": list(_NEEDS)},
                    "description": {"type": "string"},
                    "prefix": _WORDS,
                    "patterns": _WORDS,
                    "tools": _WORDS,
                },
                "allOf": [_needing(mode, need) for mode, need in _NEEDS.items() if need is not None],
            },
        },
        "intent_hints": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["intent", "tool"],
                "properties": {"intent": {"type": "string"}, "tool": {"type": "string"}, "needs": {"type": "string"}},
            },
        },
    },
}

_HOLDS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "all": lambda name, words: True,
    "prefix": lambda name, words: name.startswith(words),
    "glob": lambda name, words: any(fnmatchcase(name, word) for word in words),
    "explicit": lambda name, words: name in words,
}


class Unreadable(ValueError):
    """Profiles that can't be used; the text says which file and why."""


@dataclass(frozen=True)
class Profile:
    """A set of tools: `mode` is all, prefix, glob or explicit, `words` what that mode compares names with."""

    name: str
    mode: str = "all"
    words: tuple[str, ...] = ()
    description: str = ""

    def holds(self, tool_name: str) -> bool:
        """True if the tool belongs to the profile."""
        return _HOLDS[self.mode](tool_name, self.words)


FULL = Profile("full", description="every tool there is")
"""What is attached when nothing says otherwise."""


@dataclass(frozen=True)
class Hint:
    """Which tool serves an intent, and which of its arguments a model must know first (may be empty)."""

    intent: str
    tool: str
    needs: str = ""


@dataclass(frozen=True)
class Profiles:
    """All profiles of a server by name, which of them is the default one, and the hints."""

    named: Mapping[str, Profile] = field(default_factory=lambda: {FULL.name: FULL})
    default: str = FULL.name
    hints: tuple[Hint, ...] = ()

    def get(self, name: str) -> Profile:
        """Return a profile. Raises `Unreadable` that names those there are."""
        try:
            return self.named[name]
        except KeyError:
            known = ", ".join(repr(one) for one in self.named)
            raise Unreadable(f"there is no profile {name!r}: must be one of {known}") from None


def load(path: Path) -> Profiles:
    """Read a file, or every *.json of a folder in the order of their names. Raises `Unreadable`."""
    named: dict[str, Profile] = {FULL.name: FULL}
    given: dict[str, Path] = {}
    default: str | None = None
    hints: list[Hint] = []
    for file in _files(path):
        content = _content(file)
        for name, described in content.get("profiles", {}).items():
            if name in given:
                raise Unreadable(f"profile {name!r} is in both {str(given[name])!r} and {str(file)!r}")
            given[name] = file
            named[name] = _profile(name, described)
        own = content.get("default_profile")
        if own is not None and default not in (None, own):
            raise Unreadable(f"{str(file)!r} says default_profile {own!r}, another file {default!r}: must be one")
        default = own or default
        hints.extend(Hint(one["intent"], one["tool"], one.get("needs", "")) for one in content.get("intent_hints", []))
    loaded = Profiles(named, default or FULL.name, tuple(hints))
    loaded.get(loaded.default)
    return loaded


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise Unreadable(f"there is no *.json in the profiles folder {str(path)!r}")
    return found


def _content(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(f"profiles file {str(file)!r} can't be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"profiles file {str(file)!r} is not JSON in UTF-8") from None
    for fault in Draft202012Validator(_SCHEMA).iter_errors(content):
        where = ".".join(str(step) for step in fault.absolute_path)
        raise Unreadable(f"profiles file {str(file)!r}: {where + ': ' if where else ''}{fault.message}")
    return content


def _profile(name: str, described: Mapping[str, Any]) -> Profile:
    mode = described["mode"]
    need = _NEEDS[mode]
    words = described[need] if need else ()
    return Profile(name, mode, (words,) if isinstance(words, str) else tuple(words), described.get("description", ""))
