"""The words in which message shapes are written down, and how each becomes JSON Schema.

A shape is data: named members, required or optional, each with the window of revisions in which it exists. Where a
member changed, it is written once per variant, with windows that don't meet. A plain string is a reference to another
definition, by the name that the spec's schema gives it. Objects are open: MCP forbids no member anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from smcp_conformance.revisions import REVISIONS

NOV_24, MAR_25, JUN_25, NOV_25, JUL_26 = REVISIONS

Schema = dict[str, Any]


def known(revision: str) -> str:
    """Return `revision`, or raise ValueError if there is no such revision."""
    if revision not in REVISIONS:
        raise ValueError(f"revision {revision!r} must be one of {', '.join(REVISIONS)}")
    return revision


@dataclass(frozen=True)
class Reading:
    """How to read the source: for which revision, and whether to the letter of its official JSON file.

    Those files are generated from the normative TypeScript, and the generator lost something in a few places (see
    `unless_literal`). The toolkit judges servers by what is meant; only the comparison with the files is literal.
    """

    revision: str
    literal: bool = False


class Type(Protocol):
    """Anything that can be written as JSON Schema."""

    def schema(self, reading: Reading) -> Schema:
        """Return the JSON Schema (2020-12) of this type; references point into `#/$defs`."""
        ...


Named = str | Type


@dataclass(frozen=True)
class Window:
    """The revisions from `since` to `until`, both included."""

    since: str = NOV_24
    until: str = JUL_26

    def __post_init__(self) -> None:
        if known(self.since) > known(self.until):
            raise ValueError(f"window since {self.since!r} until {self.until!r} must not be empty")

    def covers(self, revision: str) -> bool:
        """Tell whether `revision` lies in this window; raise ValueError if there is no such revision."""
        return self.since <= known(revision) <= self.until


@dataclass(frozen=True)
class Fragment:
    """A piece of JSON Schema that reads the same in every revision."""

    keywords: Mapping[str, Any]

    def schema(self, reading: Reading) -> Schema:
        """Return a copy of the keywords."""
        return dict(self.keywords)


@dataclass(frozen=True)
class Reference:
    """The definition called `name`, in whatever form the revision gives it."""

    name: str

    def schema(self, reading: Reading) -> Schema:
        """Return the reference; the compiler adds what it points to."""
        return {"$ref": f"#/$defs/{self.name}"}


@dataclass(frozen=True)
class Applied:
    """Keywords plus one that holds a schema, such as the `items` of an array."""

    keyword: str
    type: Type
    keywords: Mapping[str, Any]

    def schema(self, reading: Reading) -> Schema:
        """Return the keywords with the inner schema among them."""
        return {**self.keywords, self.keyword: self.type.schema(reading)}


@dataclass(frozen=True)
class Alternative:
    """One branch of a union, and when it may be taken."""

    window: Window
    type: Type


@dataclass(frozen=True)
class Combination:
    """Several types under `anyOf` or `allOf`."""

    keyword: str
    alternatives: tuple[Alternative, ...]

    def schema(self, reading: Reading) -> Schema:
        """Return the branches that exist in the revision; a single one needs no combining."""
        present = [each.type.schema(reading) for each in self.alternatives if each.window.covers(reading.revision)]
        return present[0] if len(present) == 1 else {self.keyword: present}


@dataclass(frozen=True)
class Slip:
    """A type that the official JSON file writes otherwise than the TypeScript it was generated from."""

    meant: Type
    literal: Type

    def schema(self, reading: Reading) -> Schema:
        """Return the one that the reading asks for."""
        return (self.literal if reading.literal else self.meant).schema(reading)


@dataclass(frozen=True)
class Members:
    """Members of an object that share a window and are all required or all optional."""

    required: bool
    window: Window
    types: Mapping[str, Type]


@dataclass(frozen=True)
class Shape:
    """An object by its members."""

    members: tuple[Members, ...]

    def present(self, revision: str) -> Iterator[tuple[str, Type, bool]]:
        """Yield name, type and requiredness of each member that exists in `revision`."""
        for group in self.members:
            if group.window.covers(revision):
                yield from ((name, type_, group.required) for name, type_ in group.types.items())

    def schema(self, reading: Reading) -> Schema:
        """Return the schema of the object: what tells it from other objects comes first, so it is found first."""
        present = list(self.present(reading.revision))
        written = {name: type_.schema(reading) for name, type_, _ in present}
        if len(written) < len(present):
            raise ValueError(f"members {[name for name, *_ in present]!r} must have windows that don't meet")
        needed = sorted(name for name, _, required in present if required)
        order = sorted(written, key=lambda name: (not {"const", "enum"} & written[name].keys(), name))
        properties = {"properties": {name: written[name] for name in order}}
        return {"type": "object", **({"required": needed} if needed else {}), **properties}


@dataclass(frozen=True)
class Definition:
    """A type with the name that the spec's schema gives it."""

    name: str
    window: Window
    type: Type


STRING = Fragment({"type": "string"})
INTEGER = Fragment({"type": "integer"})
NUMBER = Fragment({"type": "number"})
BOOLEAN = Fragment({"type": "boolean"})
OBJECT = Fragment({"type": "object"})
ANYTHING = Fragment({})
NATURAL = Fragment({"type": "integer", "minimum": 0})
SHARE = Fragment({"type": "number", "minimum": 0, "maximum": 1})
URI = Fragment({"type": "string", "format": "uri"})
URI_TEMPLATE = Fragment({"type": "string", "format": "uri-template"})
BASE64 = Fragment({"type": "string", "format": "byte"})


def named(type_: Named) -> Type:
    """Turn a definition's name into a reference to it; leave a type alone."""
    return Reference(type_) if isinstance(type_, str) else type_


def exactly(value: str | int) -> Type:
    """Make the type of one value."""
    return Fragment({"const": value})


def one_of(*values: str) -> Type:
    """Make the type of a few strings."""
    return Fragment({"enum": sorted(values)})


def of_type(*names: str) -> Type:
    """Make the type of whatever has one of these JSON types."""
    return Fragment({"type": list(names)})


def array(items: Named, **bounds: int) -> Type:
    """Make an array type; `bounds` are JSON Schema's own words (`maxItems=100`)."""
    return Applied("items", named(items), {"type": "array", **bounds})


def map_of(values: Named) -> Type:
    """Make the type of an object with any member names, all of whose values have one type."""
    return Applied("additionalProperties", named(values), {"type": "object"})


def within(type_: Named, *, since: str = NOV_24, until: str = JUL_26) -> Alternative:
    """Make a branch of a union that exists only in some revisions."""
    return Alternative(Window(since, until), named(type_))


def any_of(*alternatives: Named | Alternative) -> Type:
    """Make a union."""
    return Combination("anyOf", tuple(map(_alternative, alternatives)))


def all_of(*alternatives: Named | Alternative) -> Type:
    """Make an intersection."""
    return Combination("allOf", tuple(map(_alternative, alternatives)))


def unless_literal(meant: Named, *, literal: Named) -> Type:
    """Make a type that the official JSON file writes as `literal` though `meant` is what the TypeScript says."""
    return Slip(named(meant), named(literal))


def required(
    names: Mapping[str, Named] | None = None, /, *, since: str = NOV_24, until: str = JUL_26, **types: Named
) -> Members:
    """Make members that must be there from `since` to `until`; `names` holds those that are no Python identifiers."""
    return _members(True, Window(since, until), {**(names or {}), **types})


def optional(
    names: Mapping[str, Named] | None = None, /, *, since: str = NOV_24, until: str = JUL_26, **types: Named
) -> Members:
    """Make members that may be absent; when there, they must fit, so null is no way to say absent."""
    return _members(False, Window(since, until), {**(names or {}), **types})


def shape(*members: Members) -> Shape:
    """Make an object type."""
    return Shape(members)


def define(name: str, type_: Named, *, since: str = NOV_24, until: str = JUL_26) -> Definition:
    """Give a type its name in the spec."""
    return Definition(name, Window(since, until), named(type_))


def _members(required: bool, window: Window, types: Mapping[str, Named]) -> Members:
    return Members(required, window, {name: named(type_) for name, type_ in types.items()})


def _alternative(branch: Named | Alternative) -> Alternative:
    return branch if isinstance(branch, Alternative) else Alternative(Window(), named(branch))
