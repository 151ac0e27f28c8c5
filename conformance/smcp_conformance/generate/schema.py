"""A JSON Schema and where it stands: what its references mean, and the verdict on a value.

A `$ref` can only be followed from the place where it is written: embedded `$id`s change its base, a `$dynamicRef`
depends on the way that led there. So a subschema is never passed on alone, but as a `Schema`, which knows its way.
The verdict is that of `jsonschema`, with regular expressions in their ECMA-262 meaning; the network is never asked for
anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema_specifications import REGISTRY as SPECIFICATIONS  # type: ignore[import-untyped]  # it ships no types
from referencing import Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from smcp_conformance.generate.dialect import NoDialect, schema_fault, validator
from smcp_conformance.generate.patience import OutOfPatience, limited
from smcp_conformance.generate.rewriting import in_python

REF_STANDS_ALONE = re.compile(r"draft-0[67]\b")
ITEMS_MAY_BE_A_LIST = re.compile(r"draft-0[67]\b|2019-09")


@dataclass(frozen=True, eq=False)
class Schema:
    """One schema of a document: its `contents`, and the JSON `pointer` to it from the root of the document.

    A schema outside the document (a dialect's own meta-schema) has its URI before the pointer's `#`.
    """

    contents: bool | Mapping[str, Any]
    pointer: str
    dialect: str
    judge: Any = field(repr=False)
    resolver: Any = field(repr=False)
    pointers: Mapping[int, str] = field(repr=False)

    @property
    def keywords(self) -> Mapping[str, Any]:
        """The keywords that count here; none for a boolean schema. Up to draft-07 a `$ref` silences the others."""
        if not isinstance(self.contents, Mapping):
            return {}
        if "$ref" in self.contents and REF_STANDS_ALONE.search(self.dialect):
            return {"$ref": self.contents["$ref"]}
        return self.contents

    @property
    def identity(self) -> Hashable:
        """Equal for two ways to the same schema with the same meaning, as long as the document is alive."""
        here: Hashable = self.contents if isinstance(self.contents, bool) else id(self.contents)
        if here not in self.pointers:
            here = self.pointer, json.dumps(self.contents)
        return here, tuple(dict.fromkeys(uri for uri, _ in self.resolver.dynamic_scope()))

    @property
    def items_may_be_a_list(self) -> bool:
        """Whether `items` and `additionalItems` do here what `prefixItems` and `items` do since 2020-12."""
        return bool(ITEMS_MAY_BE_A_LIST.search(self.dialect))

    def at(self, *steps: str | int) -> Schema:
        """The subschema that these steps lead to, such as `.at("properties", "name")` or `.at("anyOf", 0)`."""
        contents: Any = self.contents
        for step in steps:
            contents = contents[step]
        pointer = self.pointer + "".join(f"/{_escaped(str(step))}" for step in steps)
        return self._moved(contents, self.pointers.get(id(contents), pointer))

    def like(self, contents: bool | Mapping[str, Any]) -> Schema:
        """A schema that is not written in the document, read as if it stood in this one's place."""
        return self._moved(contents, self.pointer)

    def referred(self, keyword: str = "$ref") -> Schema:
        """The schema that `$ref` (or `$dynamicRef`) names; raises `NoDialect` if there is none."""
        reference = str(self.keywords[keyword])
        try:
            found = self.resolver.lookup(reference)
        except Unresolvable as unresolvable:
            raise NoDialect(f"{reference!r} at {self.pointer!r} can't be resolved") from unresolvable
        pointer = self.pointers.get(id(found.contents), reference)
        return replace(self, contents=found.contents, pointer=pointer, resolver=found.resolver)

    def fault(self, value: Any) -> ValidationError | None:
        """The first thing that makes `value` invalid here, or None; raises `NoDialect` where that can't be told."""
        try:
            with limited():
                return next(iter(self.judge.descend(value, self.contents, resolver=self.resolver)), None)
        except OutOfPatience:
            raise NoDialect(f"judging by {self.pointer!r} takes too long: a pattern may explode") from None
        except Unresolvable as unresolvable:
            raise NoDialect(f"{unresolvable} can't be resolved") from unresolvable
        except re.error as error:
            raise NoDialect(f"a pattern is no regular expression of Python ({error})") from error
        except RecursionError as error:
            raise NoDialect(f"the schema at {self.pointer!r} refers to itself without end") from error

    def accepts(self, value: Any) -> bool:
        """Whether `value` is valid here; raises as `fault` does."""
        return self.fault(value) is None

    def _moved(self, contents: bool | Mapping[str, Any], pointer: str) -> Schema:
        resolver = self.resolver
        if isinstance(contents, Mapping) and "$id" in contents:
            resolver = resolver.in_subresource(_specification(self.dialect).create_resource(contents))
        return replace(self, contents=contents, pointer=pointer, resolver=resolver)


def schema_root(schema: bool | Mapping[str, Any]) -> Schema:
    """The root of a document, whose dialect is the one that it declares, else JSON Schema 2020-12.

    Raises `NoDialect` if the dialect isn't known, or if the document is no valid schema in it.
    """
    declaring = schema if isinstance(schema, Mapping) else {}
    judge: Validator = validator(declaring)
    if fault := schema_fault(declaring):
        raise NoDialect(fault)
    dialect = str(judge.META_SCHEMA["$id"])
    contents = in_python(schema)
    resolver = SPECIFICATIONS.resolver_with_root(_specification(dialect).create_resource(contents))
    return Schema(contents, "", dialect, judge, resolver, dict(_pointers(contents, schema)))


def instance_fault(schema: bool | Mapping[str, Any], instance: Any) -> str | None:
    """Say what makes `instance` invalid under `schema`, or None; raises `NoDialect` where that can't be told."""
    error = schema_root(schema).fault(instance)
    return None if error is None else f"{error.json_path}: {error.message}"


def _specification(dialect: str) -> Specification[Any]:
    return specification_with(dialect)


def _pointers(document: Any, written: Any, pointer: str = "") -> Iterator[tuple[int, str]]:
    """Where everything in `document` stands in what was `written`, whose patterns may be spelled differently."""
    if not isinstance(document, (dict, list)):
        return
    yield id(document), pointer
    inner = document.values() if isinstance(document, dict) else document
    steps = written.items() if isinstance(written, dict) else enumerate(written)
    for each, (step, as_written) in zip(inner, steps, strict=True):
        yield from _pointers(each, as_written, f"{pointer}/{_escaped(str(step))}")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
