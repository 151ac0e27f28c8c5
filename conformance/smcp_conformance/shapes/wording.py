"""What is wrong with a value, in few words: the offending value first, then what is required of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError

from smcp_conformance.shapes.branches import branches

LONGEST_TEXT = 40
LONGEST_VALUE = 100
MOST_PARTS = 3

KINDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
FORMATS = {
    "uri": "an absolute URI (RFC 3986)",
    "uri-template": "a URI template (RFC 6570)",
    "byte": "Base64 (RFC 4648)",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a value: `pointer` (RFC 6901, "" for the whole) says where, `message` what."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


def pointer(path: Sequence[str | int]) -> str:
    """Write a path as a JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def shown(value: Any) -> str:
    """Write a value as JSON, cut to at most about 100 characters."""
    text = _brief(value, depth=2)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def worded(error: ValidationError) -> Iterator[Problem]:
    """Yield the problems behind one finding of the validator: of a union, those of the branch that was meant."""
    if error.validator == "anyOf":
        yield from _of_union(error)
    else:
        required = RULES[str(error.validator)](error)
        yield Problem(pointer(error.absolute_path), f"{shown(error.instance)} {required}")


def _brief(value: Any, depth: int) -> str:
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
        return json.dumps(cut, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        parts = (f"{_brief(name, 1)}: {_brief(part, depth - 1)}" for name, part in value.items())
        return _enclosed("{", parts, "}", len(value), depth)
    if isinstance(value, list):
        return _enclosed("[", (_brief(part, depth - 1) for part in value), "]", len(value), depth)
    return json.dumps(value, default=repr)


def _enclosed(opening: str, parts: Iterator[str], closing: str, count: int, depth: int) -> str:
    if count and not depth:
        return f"{opening}…{closing}"
    return opening + ", ".join(islice(parts, MOST_PARTS)) + (", …" if count > MOST_PARTS else "") + closing


def _listed(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _kind(error: ValidationError) -> str:
    return "must be " + _listed([KINDS[name] for name in _as_list(error.validator_value)])


def _missing(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    instance: Any = error.instance
    absent = [name for name in wanted if name not in instance]
    return f"must have the member{'s' if len(absent) > 1 else ''} {', '.join(map(json.dumps, absent))}"


def _choice(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    return "must be one of " + ", ".join(map(json.dumps, wanted))


def _crowd(error: ValidationError) -> str:
    instance: Any = error.instance
    return f"must have at most {error.validator_value} items, has {len(instance)}"


def _of_union(error: ValidationError) -> Iterator[Problem]:
    meant = sorted((branch for branch in branches(error) if branch.meant), key=lambda branch: branch.distance)
    if not meant:
        yield _none_meant(error)
    elif len(meant) == 1 or meant[0].distance < meant[1].distance:
        for finding in meant[0].findings:
            yield from worded(finding)
    else:
        names = _listed([branch.name for branch in meant])
        yield Problem(pointer(error.absolute_path), f"{shown(error.instance)} must fit {names}")


def _none_meant(error: ValidationError) -> Problem:
    excluding = [finding for branch in branches(error) for finding in branch.excluding]
    tags = [finding for finding in excluding if finding.path]
    if not tags:
        kinds = dict.fromkeys(KINDS[name] for each in excluding for name in _as_list(each.validator_value))
        return Problem(pointer(error.absolute_path), f"{shown(error.instance)} must be {_listed(list(kinds))}")
    allowed = dict.fromkeys(json.dumps(value) for each in tags for value in _as_list(each.validator_value))
    must = "must be one of " if len(allowed) > 1 else "must be "
    return Problem(pointer(tags[0].absolute_path), f"{shown(tags[0].instance)} {must}{', '.join(allowed)}")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


RULES: dict[str, Callable[[ValidationError], str]] = {
    "type": _kind,
    "required": _missing,
    "const": lambda error: f"must be {json.dumps(error.validator_value)}",
    "enum": _choice,
    "minimum": lambda error: f"must be at least {error.validator_value}",
    "maximum": lambda error: f"must be at most {error.validator_value}",
    "maxItems": _crowd,
    "format": lambda error: f"must be {FORMATS[str(error.validator_value)]}",
}
