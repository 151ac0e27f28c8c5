"""Faults of compositions, by construction: a value that `not` describes, a value for two branches of `oneOf`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations, islice
from typing import Any

from smcp_conformance.generate.build import Builder
from smcp_conformance.generate.layers import Decisions, NoValue, Plan
from smcp_conformance.generate.near import Change
from smcp_conformance.generate.near_items import STRANGE
from smcp_conformance.generate.schema import Schema
from smcp_conformance.generate.sites import Site

MAX_PAIRS = 12


def negated(site: Site) -> Iterator[Change]:
    """What `not` excludes: built from it and the schema around it, from it alone, and added to the value."""
    yield from _within(site, "excluded", [site.schema.at("not")], without=("not",))


def both(site: Site) -> Iterator[Change]:
    """A value that two branches of `oneOf` accept."""
    branches = range(len(site.schema.keywords["oneOf"]))
    for pair in islice(combinations(branches, 2), MAX_PAIRS):
        schemas = [site.schema.at("oneOf", number) for number in pair]
        yield from _within(site, "both-{}-{}".format(*pair), schemas, without=("oneOf",))


def conditioned(site: Site) -> Iterator[Change]:
    """For a `then` that is `false`: a value for which the condition holds. (Another is broken itself.)"""
    if "if" in site.schema.keywords and site.schema.keywords["then"] is False:
        yield from _within(site, "condition", [site.schema.at("if")], without=("if", "then", "else"))


def unconditioned(site: Site) -> Iterator[Change]:
    """For an `else` that is `false`: values of all sorts for which the condition doesn't hold."""
    if "if" in site.schema.keywords and site.schema.keywords["else"] is False:
        for number, strange in enumerate(STRANGE, start=1):
            if not site.schema.at("if").accepts(strange):
                yield f"no-condition-{number}", strange


def forbidden(site: Site) -> Iterator[Change]:
    """Add each member listed in `properties` for which no value is found to be accepted."""
    if isinstance(site.value, dict):
        for name in site.schema.keywords["properties"]:
            if name not in site.value and not any(map(site.schema.at("properties", name).accepts, STRANGE)):
                yield f"forbidden:{name}", {**site.value, name: 1}


def _within(site: Site, operator: str, schemas: Sequence[Schema], without: tuple[str, ...]) -> Iterator[Change]:
    """Values for `schemas` and what else holds at the site, and for `schemas` alone; added to what is there, too."""
    around = site.schema.like({word: rest for word, rest in site.schema.keywords.items() if word not in without})
    for name, together in ((operator, [around, *schemas]), (f"{operator}-alone", schemas)):
        for number, built in enumerate(_built(together), start=1):
            yield f"{name}-{number}", built
            if isinstance(built, dict) and isinstance(site.value, dict):
                yield f"{name}-{number}-added", {**site.value, **built}


def _built(schemas: Sequence[Schema]) -> Iterator[Any]:
    for full in (True, False):
        with suppress(NoValue):
            yield Builder(Decisions(Plan(full))).value(schemas)


COMPOSED: Mapping[str, Callable[[Site], Iterator[Change]]] = {
    "not": negated,
    "oneOf": both,
    "then": conditioned,
    "else": unconditioned,
    "properties": forbidden,
}
