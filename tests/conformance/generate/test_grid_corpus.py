"""The grid over the schemas of real tools, which lie beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema.exceptions import ValidationError

from smcp_conformance.generate.dialect import validator
from smcp_conformance.generate.faulty import NoFault, faulty_values
from smcp_conformance.generate.grid import fault_grid
from smcp_conformance.generate.schema import schema_root

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "real-tool-schemas.json"


@pytest.fixture(scope="module")
def tools() -> dict[str, Any]:
    """The input schemas by `server/tool`."""
    if not CORPUS.is_file():
        pytest.skip(f"the schemas of real tools are not beside the checkout ({CORPUS.name} in shared/corpus)")
    listed = json.loads(CORPUS.read_text(encoding="utf-8"))
    return {f"{tool['server']}/{tool['tool']}": tool["inputSchema"] for tool in listed}


def test_every_fault_of_every_real_tool_is_invalid_and_named_once(tools: dict[str, Any]) -> None:
    """And every tool but those that take anything has some."""
    without = []
    for name, schema in tools.items():
        grid, root = fault_grid(schema), schema_root(schema)
        assert grid.bases, name
        assert not any(root.accepts(fault.value) for fault in grid.faults), name
        assert len({fault.id for fault in grid.faults}) == len(grid.faults), name
        without += [] if grid.faults else [name]
    assert len(without) <= 7
    assert all(not tools[name].get("required") for name in without)


def locations(schema: Any, value: Any) -> Iterator[Hashable]:
    """Where in the schema a value is wrong, by which required member, or by which type."""
    for error in validator(schema).iter_errors(value):
        yield (*error.absolute_schema_path, _detail(error))


def _detail(error: ValidationError) -> Hashable:
    if error.validator == "required":
        return error.message
    return type(error.instance).__name__.replace("float", "int") if error.validator == "type" else None


def test_what_random_faults_reach_the_grid_reaches_too(tools: dict[str, Any]) -> None:
    """At least 97 of 100 places of all tools together."""
    reached: set[Hashable] = set()
    by_grid: set[Hashable] = set()
    for name, schema in tools.items():
        by_grid |= {(name, place) for fault in fault_grid(schema).faults for place in locations(schema, fault.value)}
        reached |= {(name, place) for value in _drawn(schema) for place in locations(schema, value)}
    assert len(reached) > 200
    assert len(by_grid & reached) >= 0.97 * len(reached)


def _drawn(schema: Any) -> list[Any]:
    values: list[Any] = []
    try:
        faulty = faulty_values(schema)
    except NoFault:
        return values

    @seed(0)
    @settings(
        max_examples=8,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(faulty)
    def collect(fault: Any) -> None:
        values.append(fault.value)

    collect()
    return values
