"""What the fault grid reaches of all that any generator reaches, over real tools and the official suite.

usage: faults.py CORPUS [EXAMPLES]     (CORPUS holds real-tool-schemas.json and json-schema-suite/; 200 examples each)

A location is a place in the schema at which `jsonschema-rs` finds a fault, `type` told apart by the type that was there
and `required` by the member that wasn't. The universe is what the grid, random faults, and values of the complement
(`jsonschema_rs.canonicalize(...).negate()`) reach together.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faulty import NoFault, faulty_values
from smcp_conformance.generate.grid import Grid, fault_grid
from smcp_conformance.generate.proof import Proof
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import NotGenerable, valid_objects, valid_values

Location = tuple[Hashable, ...]
SLOW_OR_SPARSE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
GENERATE = settings(database=None, deadline=None, phases=[Phase.generate], suppress_health_check=SLOW_OR_SPARSE)


@dataclass
class Reached:
    """What was found over many schemas: locations per generator, and of each grid its size and time."""

    missing: dict[str, list[Location]] = field(default_factory=dict)
    universe: int = 0
    grid: int = 0
    random: int = 0
    complement: int = 0
    sizes: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    alone: int = 0
    disputed: int = 0
    unproven: int = 0
    unjudged: list[str] = field(default_factory=list)


def measure(schemas: Mapping[str, Any], examples: int, *, arguments: bool) -> Reached:
    """Reach the faults of each schema in all three ways."""
    reached = Reached()
    for name, schema in schemas.items():
        try:
            _measure_one(reached, name, schema, examples, arguments)
        except NoDialect as unjudged:
            reached.unjudged.append(f"{name}: {unjudged}")
    return reached


def _measure_one(reached: Reached, name: str, schema: Any, examples: int, arguments: bool) -> None:
    start = time.perf_counter()
    grid = fault_grid(schema, arguments=arguments)
    reached.times.append(time.perf_counter() - start)
    _count(reached, schema, grid)
    locate = _locator(schema)
    if locate is None:
        return
    by_grid = {place for fault in grid.faults for place in locate(fault.value)}
    by_random = {place for value in _random(schema, examples, arguments) for place in locate(value)}
    by_complement = {place for value in _complement(schema, examples, arguments) for place in locate(value)}
    universe = by_grid | by_random | by_complement
    reached.universe += len(universe)
    reached.grid += len(by_grid)
    reached.random += len(by_random)
    reached.complement += len(by_complement)
    if universe - by_grid:
        reached.missing[name] = sorted(universe - by_grid, key=str)


def _count(reached: Reached, schema: Any, grid: Grid) -> None:
    proof = Proof(schema, schema_root(schema))
    reached.sizes.append(len(grid.faults))
    reached.alone += sum(fault.alone for fault in grid.faults)
    reached.disputed += grid.disputed
    reached.unproven += sum(not (proof.errors(fault.value) and proof.seconded(fault.value)) for fault in grid.faults)


def _locator(schema: Any) -> Callable[[Any], Iterator[Location]] | None:
    try:
        judge = jsonschema_rs.validator_for(schema)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return None
    return lambda value: (_location(error) for error in judge.iter_errors(value))


def _location(error: Any) -> Location:
    kind = type(error.kind).__name__.rpartition("_")[2]
    detail = type(error.instance).__name__.replace("float", "int") if kind == "Type" else None
    if kind == "Required":
        detail = error.kind.property
    return (*error.schema_path, detail)


def _random(schema: Any, examples: int, arguments: bool) -> list[Any]:
    try:
        faulty = faulty_values(schema, arguments=arguments)
    except NoFault:
        return []
    return _drawn(faulty.map(lambda fault: fault.value), examples)


def _complement(schema: Any, examples: int, arguments: bool) -> list[Any]:
    try:
        negated: Any = jsonschema_rs.canonicalize(schema).negate().to_json_schema()
        strategy = valid_objects(negated) if arguments else valid_values(negated)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, NotGenerable, TypeError):
        return []
    return _drawn(strategy, examples)


def _drawn(strategy: SearchStrategy[Any], examples: int) -> list[Any]:
    drawn: list[Any] = []

    @seed(0)
    @settings(GENERATE, max_examples=examples)
    @given(strategy)
    def collect(value: Any) -> None:
        drawn.append(value)

    try:
        collect()
    except HypothesisException as exhausted:
        print(f"  {type(exhausted).__name__}: {exhausted}"[:120], file=sys.stderr)
    return drawn


def real_tools(corpus: Path) -> dict[str, Any]:
    """The input schemas of real tools by `server/tool`."""
    listed = json.loads((corpus / "real-tool-schemas.json").read_text(encoding="utf-8"))
    return {f"{tool['server']}/{tool['tool']}": tool["inputSchema"] for tool in listed}


def official(corpus: Path, draft: str = "draft2020-12") -> dict[str, Any]:
    """The schemas of the official suite by `file/description`, but those that ask for another document."""
    found: dict[str, Any] = {}
    for file in sorted((corpus / "json-schema-suite" / "tests" / draft).glob("*.json")):
        for group in json.loads(file.read_text(encoding="utf-8")):
            if "localhost:1234" not in json.dumps(group):
                found[f"{file.stem}/{group['description']}"] = group["schema"]
    return found


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f}%)" if whole else "none"


def _print(title: str, reached: Reached) -> None:
    total = sum(reached.sizes)
    print(f"{title}: {len(reached.sizes)} schemas, {len(reached.unjudged)} not judged")
    print(f"  locations {reached.universe}, by grid {_share(reached.grid, reached.universe)}")
    print(f"  by random faults {_share(reached.random, reached.universe)}")
    print(f"  by complement {_share(reached.complement, reached.universe)}")
    print(f"  faults {total}: median {statistics.median(reached.sizes)}, max {max(reached.sizes)}", end=", ")
    print(f"{reached.sizes.count(0)} schemas without, alone {_share(reached.alone, total)}")
    print(f"  not proven {reached.unproven}, disputed {reached.disputed}", end=", ")
    print(f"time {sum(reached.times):.2f} s, median {1000 * statistics.median(reached.times):.1f} ms")
    for name, places in reached.missing.items():
        print(f"  missed in {name}: {len(places)}, as {' '.join(map(str, places[0]))}")


if __name__ == "__main__":
    corpus = Path(sys.argv[1])
    examples = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    _print("real tools", measure(real_tools(corpus), examples, arguments=True))
    _print("official suite", measure(official(corpus), examples, arguments=False))
    _print("official suite, objects only", measure(official(corpus), examples, arguments=True))
