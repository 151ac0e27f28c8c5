"""The fault grid: each site of a schema times each operator for its keywords, every value proven invalid.

Nothing is drawn: the same schema gives the same faults in the same order, so that an id means the same in every run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smcp_conformance.generate.bases import bases
from smcp_conformance.generate.composed import COMPOSED
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.near import Change, spelled
from smcp_conformance.generate.near_items import STRANGE
from smcp_conformance.generate.operators import OPERATORS
from smcp_conformance.generate.proof import Proof, names
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.sites import Site, replaced, sites

MAX_JUDGED = 400_000  # sites that all candidates together have, which is what judging them costs
MAX_PLACES = 3  # of one operator for one keyword: a schema that contains itself has no end of them
MAX_MISSES = 6  # as many that prove nothing
ARGUMENT_STRANGERS: Sequence[Any] = ({}, {"unknown_member": 1})
# Each of their changes is a fault of its own, so that one with company is better than none.
IRREPLACEABLE = frozenset({"type", "required", "dependentRequired", "dependencies", "properties", "patternProperties"})


class Disputed(ValueError):
    """The two validators disagree on a value, so that it proves nothing."""


@dataclass(frozen=True)
class Grid:
    """All faults of one schema; `advisory` are those that only an asserted `format` forbids.

    `bases` are the valid instances they were made from (none: `faults` is empty because no valid value was found),
    `disputed` counts values on which the two validators disagree, `cut` says that there was more than was tried.
    """

    faults: tuple[Fault, ...]
    advisory: tuple[Fault, ...]
    bases: tuple[Any, ...]
    disputed: int
    cut: bool


def fault_grid(schema: bool | Mapping[str, Any], *, arguments: bool = True) -> Grid:
    """The faults of `schema`; with `arguments`, each value is an object, as a tool's arguments must be.

    Raises `NoDialect` where the schema can't be judged.
    """
    try:
        return _grid(schema, arguments)
    except RecursionError as endless:
        raise NoDialect("a reference leads back to itself without end") from endless


def _grid(schema: bool | Mapping[str, Any], arguments: bool) -> Grid:
    root = schema_root(schema)
    found = _Finding(Proof(schema, root))
    valid = bases(root, arguments=arguments)
    for base in valid:
        places = list(sites(root, base))
        for candidate, site in candidates(base, places):
            if isinstance(candidate.value, dict) or not arguments:
                found.consider(candidate, site, len(places))
    if not valid:
        found.give_up(ARGUMENT_STRANGERS if arguments else STRANGE)
    faults = _without_company(found.proven.values())
    return Grid(
        tuple(fault for fault in faults if not fault.advisory),
        tuple(fault for fault in faults if fault.advisory),
        tuple(valid),
        found.disputed,
        found.judged > MAX_JUDGED,
    )


def candidates(base: Any, places: Sequence[Site]) -> Iterator[tuple[Fault, Site]]:
    """What the operators make of one valid instance, not proven yet, each with the site it was made at."""
    for site in places:
        for keyword in site.schema.keywords:
            for operator, value in changes(site, keyword):
                instance = replaced(base, site.path, value)
                yield Fault(instance, operator, site.path, site.schema.pointer, keyword), site


def changes(site: Site, keyword: str) -> Iterator[Change]:
    """What can be put in the place of a site's value to break one of its keywords."""
    if keyword in COMPOSED:
        yield from COMPOSED[keyword](site)
    for operator in OPERATORS.get(keyword, ()):
        yield from operator(site.schema.keywords, site.value)


class _Finding:
    """Keeps what is proven: by id, one that is alone rather than one with company, no value twice."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.proven: dict[str, Fault] = {}
        self.disputed = 0
        self.judged = 0
        self._values: set[str] = set()
        self._places: Counter[tuple[str, str, str]] = Counter()
        self._misses: Counter[tuple[str, str, str]] = Counter()

    def consider(self, candidate: Fault, site: Site, cost: int) -> None:
        """Keep the candidate if it is proven, and better than what there is."""
        known = self.proven.get(candidate.id)
        text = spelled(candidate.value)
        column = candidate.operator, candidate.pointer, candidate.keyword
        if (known is not None and known.alone) or text in self._values or self.judged > MAX_JUDGED:
            return
        if self._places[column] >= MAX_PLACES or self._misses[column] >= MAX_MISSES:
            return
        self.judged += cost
        fault = self._judged(candidate, site)
        if fault is None or (known is not None and not fault.alone):
            self._misses[column] += 1
            return
        self._places[column] += fault.alone
        self.proven[fault.id] = fault
        self._values.add(text)

    def _judged(self, candidate: Fault, site: Site) -> Fault | None:
        try:
            return judged(self.proof, candidate, site)
        except Disputed:
            self.disputed += 1
            return None

    def give_up(self, values: Sequence[Any]) -> None:
        """Without a valid instance: keep what is invalid for whatever reason `jsonschema` gives first."""
        for number, value in enumerate(values, start=1):
            errors = self.proof.errors(value)
            if errors and self.proof.seconded(value):
                *steps, keyword = [str(step) for step in errors[0].absolute_schema_path] or ["false"]
                pointer = "".join(f"/{step}" for step in steps)
                fault = Fault(value, f"any-{number}", (), pointer, keyword, len(errors) == 1)
                self.proven[fault.id] = fault


def judged(proof: Proof, candidate: Fault, site: Site) -> Fault | None:
    """The candidate if it is proven to be the fault that it says it is, and whether it is alone; raises `Disputed`."""
    if candidate.advisory:
        return candidate if proof.misformatted(candidate.value) else None
    errors = proof.errors(candidate.value)
    if not errors or not names(errors, site, candidate.keyword):
        return None
    if not proof.seconded(candidate.value):
        raise Disputed(candidate.id)
    return candidate if len(errors) == 1 else replace(candidate, alone=False)


def _without_company(faults: Sequence[Fault] | Any) -> list[Fault]:
    """Drop what breaks something else too, where another fault of the same keyword at the same place does not."""
    clean = {(fault.path, fault.pointer, fault.keyword) for fault in faults if fault.alone}
    return [
        fault
        for fault in faults
        if fault.alone or fault.keyword in IRREPLACEABLE or (fault.path, fault.pointer, fault.keyword) not in clean
    ]
