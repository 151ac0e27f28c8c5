"""Valid values for the schemas of real tools and of the official test suite, which lie beside the checkout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawing import drawn

from smcp_conformance.generate.valid import NotGenerable, valid_values

CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus"
DIALECTS = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
EXAMPLES = 5  # of each schema; the benchmark draws more


def real_schemas() -> Iterator[tuple[str, Any]]:
    """The in- and output schemas of real tools, with their names."""
    file = CORPUS / "real-tool-schemas.json"
    if not file.is_file():
        pytest.skip(f"the schemas of real tools are not beside the checkout ({file.name} in shared/corpus)")
    for tool in json.loads(file.read_text(encoding="utf-8")):
        for side in ("inputSchema", "outputSchema"):
            if side in tool:
                yield f"{tool['server']}/{tool['tool']} {side}", tool[side]


def suite_schemas(draft: str) -> Iterator[tuple[str, Any, bool]]:
    """The suite's schemas that need no network, their names, and whether a test of theirs shows a valid value."""
    folder = CORPUS / "json-schema-suite" / "tests" / draft
    if not folder.is_dir():
        pytest.skip(f"the official suite is not beside the checkout ({draft} in shared/corpus/json-schema-suite)")
    for file in sorted(folder.rglob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            schema = case["schema"]
            if isinstance(schema, dict):
                schema = {"$schema": DIALECTS[draft], **schema}
            if "localhost:1234" not in json.dumps(schema):
                satisfiable = any(test["valid"] for test in case["tests"])
                yield f"{file.relative_to(folder)}: {case['description']}", schema, satisfiable


def wrong(schema: Any, values: list[Any]) -> list[Any]:
    """The values that `jsonschema-rs` calls invalid, which reads patterns by ECMA-262 and is no part of ours."""
    judge = pytest.importorskip("jsonschema_rs", reason="the second opinion needs jsonschema-rs").validator_for(schema)
    return [value for value in values if not judge.is_valid(value)]


def test_every_schema_of_real_tools_generates_values_that_another_validator_calls_valid() -> None:
    """Without any health check failing."""
    for name, schema in real_schemas():
        values = drawn(valid_values(schema), 2 * EXAMPLES)
        assert values, name
        assert wrong(schema, values) == [], name


@pytest.mark.parametrize("draft", DIALECTS)
def test_every_satisfiable_schema_of_the_official_suite_generates_valid_values(draft: str) -> None:
    """And what is called unsatisfiable is so: no test of the suite has a valid value for it."""
    missing, invalid = [], []
    for name, schema, satisfiable in suite_schemas(draft):
        try:
            values = drawn(valid_values(schema), EXAMPLES)
        except NotGenerable:
            missing += [name] if satisfiable else []
            continue
        invalid += [name] if wrong(schema, values) else []
    assert (missing, invalid) == ([], [])
