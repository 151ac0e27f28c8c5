"""The fault grid: each site of a schema times each operator for its keywords, every value proven invalid.

Nothing is drawn: the same schema gives the same faults in the same order, so that an id means the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smcp_conformance.generate.bases import bases
from smcp_conformance.generate.composed import COMPOSED
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.near import Change, spelled
from smcp_conformance.generate.operators import OPERATORS
from smcp_conformance.generate.proof import Proof, names
from smcp_conformance.generate.schema import Schema, schema_root
from smcp_conformance.generate.sites import Site, replaced, sites

MAX_CANDIDATES = 20_000
# Each of their changes is a fault of its own, so that one with company is better than none.
IRREPLACEABLE = frozenset({"type", "required", "dependentRequired", "dependencies", "properties", "patternProperties"})


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
    root = schema_root(schema)
    found = _Finding(Proof(root))
    valid = bases(root, arguments=arguments)
    for base in valid:
        for candidate, site in candidates(root, base):
            if isinstance(candidate.value, dict) or not arguments:
                found.consider(candidate, site)
    faults = _without_company(found.proven.values())
    return Grid(
        tuple(fault for fault in faults if not fault.advisory),
        tuple(fault for fault in faults if fault.advisory),
        tuple(valid),
        found.disputed,
        found.tried > MAX_CANDIDATES,
    )


def candidates(root: Schema, base: Any) -> Iterator[tuple[Fault, Site]]:
    """What the operators make of one valid instance, not proven yet, each with the site it was made at."""
    for site in sites(root, base):
        for keyword in site.schema.keywords:
            for operator, value in changes(site, keyword):
                instance = replaced(base, site.path, value)
                yield Fault(instance, operator, site.path, site.schema.pointer, keyword), site


def changes(site: Site, keyword: str) -> Iterator[Change]:
    """What can be put in the place of a site's value to break one of its keywords."""
    for operator in OPERATORS.get(keyword, ()):
        yield from operator(site.schema.keywords, site.value)
    if keyword in COMPOSED:
        yield from COMPOSED[keyword](site)


class _Finding:
    """Keeps what is proven: by id, one that is alone rather than one with company, no value twice."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.proven: dict[str, Fault] = {}
        self.disputed = 0
        self.tried = 0
        self._values: set[str] = set()

    def consider(self, candidate: Fault, site: Site) -> None:
        """Keep the candidate if it is proven, and better than what there is."""
        known = self.proven.get(candidate.id)
        text = spelled(candidate.value)
        if text in self._values or (known is not None and known.alone) or self.tried > MAX_CANDIDATES:
            return
        self.tried += 1
        fault = self._judged(candidate, site)
        if fault is not None and (known is None or fault.alone):
            self.proven[fault.id] = fault
            self._values.add(text)

    def _judged(self, candidate: Fault, site: Site) -> Fault | None:
        if candidate.advisory:
            return candidate if self.proof.misformatted(candidate.value) else None
        errors = self.proof.errors(candidate.value)
        if not errors or not names(errors, site, candidate.keyword):
            return None
        if not self.proof.seconded(candidate.value):
            self.disputed += 1
            return None
        return candidate if len(errors) == 1 else _with_company(candidate)


def _with_company(fault: Fault) -> Fault:
    return Fault(fault.value, fault.operator, fault.path, fault.pointer, fault.keyword, alone=False)


def _without_company(faults: Sequence[Fault] | Any) -> list[Fault]:
    """Drop what breaks something else too, where another fault of the same keyword at the same place does not."""
    clean = {(fault.path, fault.pointer, fault.keyword) for fault in faults if fault.alone}
    return [
        fault
        for fault in faults
        if fault.alone
        or fault.keyword in IRREPLACEABLE
        or (fault.path, fault.pointer, fault.keyword) not in clean
    ]
