"""The fault grid: each keyword is broken at each place, by name, and nothing else is."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from smcp_conformance.generate import grid as grid_module
from smcp_conformance.generate import proof
from smcp_conformance.generate.dialect import NoDialect
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.grid import Grid, fault_grid
from smcp_conformance.generate.schema import instance_fault

ASTRAL = "\U0001f600"


def of_one(schema: Any, **more: Any) -> dict[str, Any]:
    """A tool's schema with one required member `x`."""
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], **more}


def broken(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    """By operator, what stands in the place that the faults of one keyword are about."""
    found = [fault for fault in fault_grid(schema).faults if fault.keyword == keyword]
    return {fault.operator: at(fault) for fault in found if fault.path == found[0].path}


def at(fault: Fault) -> Any:
    """The faulty part of an instance."""
    found = fault.value
    for step in fault.path:
        found = found[step]
    return found


def ids(grid: Grid) -> list[str]:
    """The ids in their order."""
    return [fault.id for fault in grid.faults]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "string",
            {"null": None, "boolean": True, "number": 1, "zero": 0, "list": ["a"], "object": {}, "false": False},
        ),
        ("integer", {"null": None, "boolean": True, "fraction": 1.5, "text": "1", "blank": "", "list": [1]}),
        ("number", {"boolean": True, "text": "1", "blank": "", "list": [1], "object": {}}),
        ("boolean", {"null": None, "number": 1, "zero": 0, "text": "true", "blank": "", "list": [True]}),
        ("array", {"null": None, "text": "[null]", "object": {"0": None}, "blank": ""}),
        ("object", {"null": None, "list": [], "text": "{}", "blank": "", "number": 1}),
        ("null", {"zero": 0, "false": False, "text": "null", "blank": "", "list": [None]}),
    ],
)
def test_a_wrong_type_comes_in_the_spellings_that_are_coerced(kind: str, expected: dict[str, Any]) -> None:
    """Each JSON type that isn't admitted, spelled as a lenient program would take it for the right one."""
    schema = {"type": kind, "items": {"type": "null"}} if kind == "array" else {"type": kind}
    found = broken(of_one(schema), "type")
    assert {operator: repr(found.get(operator, "missing")) for operator in expected} == {
        operator: repr(value) for operator, value in expected.items()
    }


CASES: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    ({"type": "integer", "minimum": 3}, "minimum", {"less-1": 2, "hugely-less": -1e308}),
    ({"type": "number", "minimum": 3}, "minimum", {"less-1": 2, "less-half": 2.5, "hugely-less": -1e308}),
    (
        {"type": "number", "maximum": 3},
        "maximum",
        {"more-1": 4, "more-half": 3.5, "past-doubles": 2**53 + 1, "hugely-more": 1e308},
    ),
    ({"type": "number", "exclusiveMinimum": 0}, "exclusiveMinimum", {"bound": 0, "less-1": -1, "hugely-less": -1e308}),
    (
        {"type": "number", "exclusiveMaximum": 0},
        "exclusiveMaximum",
        {"bound": 0, "more-1": 1, "past-doubles": 2**53 + 1, "hugely-more": 1e308},
    ),
    ({"type": "integer", "multipleOf": 5}, "multipleOf", {"next": 1}),
    ({"type": "string", "minLength": 3}, "minLength", {"less-1": "aa", "astral-less-1": ASTRAL * 2}),
    ({"type": "string", "maxLength": 3}, "maxLength", {"more-1": "aaaa", "astral-more-1": ASTRAL * 4}),
    ({"type": "array", "minItems": 2}, "minItems", {"less-1": ["a"], "none": []}),
    ({"type": "array", "maxItems": 1}, "maxItems", {"more-1": ["a", "a1"]}),
    ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, "uniqueItems", {"doubled": [1, 1]}),
    ({"type": "object", "minProperties": 1}, "minProperties", {"less-1": {}}),
    ({"type": "object", "maxProperties": 0}, "maxProperties", {"more-1": {"unknown_member_0": 1}}),
    ({"const": 7}, "const", {"next": 8, "as-text": "7", "as-null": None}),
    ({"enum": ["low", "high"]}, "enum", {"case": "LOW", "space": "low ", "prefix": "lo", "unknown": "low-unknown"}),
    ({"type": "array", "contains": {"const": 1}}, "contains", {"none": []}),
    ({"type": "array", "contains": {"const": 1}, "maxContains": 1}, "maxContains", {"more-1-of-0": [1, 1, 1]}),
    ({"type": "array", "contains": {"const": 1}, "minContains": 2}, "minContains", {"less-1": [1]}),
    ({"type": "array", "prefixItems": [{"const": 1}], "items": False}, "items", {"extra": [1, 1]}),
    ({"type": "object", "dependentRequired": {"a": ["b"]}}, "dependentRequired", {"without:b:beside:a": {"a": "a"}}),
    ({"not": {"type": "integer"}}, "not", {"excluded-1": 1}),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "anyOf", {"text": "1", "fraction": 1.5, "boolean": True}),
    ({"oneOf": [{"type": "integer"}, {"minimum": 2}]}, "oneOf", {"both-0-1-1": 2}),
    ({"type": "object", "propertyNames": {"maxLength": 3}}, "propertyNames", {"stranger": {"unknown_member": 1}}),
]


@pytest.mark.parametrize(
    ("schema", "keyword", "expected"), CASES, ids=[case[1] + str(n) for n, case in enumerate(CASES)]
)
def test_each_keyword_is_broken_next_to_its_edge(
    schema: dict[str, Any], keyword: str, expected: dict[str, Any]
) -> None:
    """The named values are there, equal in type too."""
    found = broken(of_one(schema), keyword)
    assert {name: repr(found.get(name, "missing")) for name in expected} == {k: repr(v) for k, v in expected.items()}


def test_a_fault_names_the_change_the_place_and_the_keyword() -> None:
    """The id holds all four, with pointers as URI fragments."""
    grid = fault_grid({"type": "object", "properties": {"a/b": {"type": "integer", "minimum": 0}}})
    assert "less-1@#/a~1b (#/properties/a~1b/minimum)" in ids(grid)


def test_ids_are_unique_and_no_value_comes_twice() -> None:
    """One name per fault, one fault per value."""
    grid = fault_grid(of_one({"type": ["string", "null"], "minLength": 2, "enum": ["ab", "cd"], "pattern": "^[a-d]+$"}))
    texts = [json.dumps(fault.value) for fault in grid.faults]
    assert len(set(ids(grid))) == len(grid.faults) > 8
    assert len(set(texts)) == len(texts)


def test_a_required_member_is_left_out_one_at_a_time() -> None:
    """Each fault lacks one member and has all others."""
    grid = fault_grid({"type": "object", "required": ["a", "b", "c"], "properties": {"a": {}, "b": {}, "c": {}}})
    missing = [fault for fault in grid.faults if fault.keyword == "required"]
    assert [sorted(fault.value) for fault in missing] == [["b", "c"], ["a", "c"], ["a", "b"]]


def test_names_like_a_listed_one_are_added_where_the_object_is_closed() -> None:
    """Another case, a trailing blank, what prototypes are called in JavaScript, no name at all."""
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "additionalProperties": False}
    added = {name for value in broken(schema, "additionalProperties").values() for name in value}
    assert added == {"size", "SIZE", "size ", "__proto__", "", "unknown_member"}


def test_an_open_object_has_no_fault_of_extra_members() -> None:
    """Without `additionalProperties: false` a stranger is welcome."""
    assert broken({"type": "object", "properties": {"size": {"type": "integer"}}}, "additionalProperties") == {}


def test_a_text_beside_a_pattern_slips_through_where_anchors_are_taken_lightly() -> None:
    """With a newline after it, a blank before it, as a prefix, in the other case."""
    found = broken(of_one({"type": "string", "pattern": "^[a-z]{2}-[0-9]+$"}), "pattern")
    assert {"aa-1\n", " aa-1", "aa-", "AA-1", ""} <= set(found.values())


def test_arguments_stay_an_object() -> None:
    """A tool's arguments are never anything else, whatever else is wrong with them."""
    assert all(isinstance(fault.value, dict) for fault in fault_grid(of_one({"enum": [1]})).faults)
    assert [fault.value for fault in fault_grid({"type": "integer"}, arguments=False).faults][:2] == [None, True]


@pytest.mark.parametrize("schema", [{"type": "object"}, {}, {"type": "object", "properties": {"a": {}}}])
def test_a_tool_without_invalid_objects_has_no_faults(schema: dict[str, Any]) -> None:
    """That is not applicable, and no error."""
    grid = fault_grid(schema)
    assert grid.faults == ()
    assert grid.bases


def test_of_a_tool_that_takes_no_arguments_at_all_any_object_is_a_fault() -> None:
    """Where no valid object is found, what `jsonschema` says is the label."""
    grid = fault_grid({"type": "object", "not": {}})
    assert grid.bases == ()
    assert "any-1@# (#/not)" in ids(grid)


def test_a_format_is_a_fault_apart() -> None:
    """JSON Schema doesn't assert formats, so such a value proves nothing against a server."""
    grid = fault_grid(of_one({"type": "string", "format": "date"}))
    assert next(at(fault) for fault in grid.advisory) == "2026-02-30"
    assert all(
        fault.advisory and instance_fault(of_one({"type": "string"}), fault.value) is None for fault in grid.advisory
    )
    assert not any(fault.advisory for fault in grid.faults)


def test_a_fault_is_alone_where_it_can_be() -> None:
    """Half a step off an integer's bound breaks the type too, so it is left out for the whole step."""
    grid = fault_grid(of_one({"type": "integer", "minimum": 3}))
    assert all(fault.alone for fault in grid.faults)
    assert "less-half" not in {fault.operator for fault in grid.faults}


def test_a_fault_with_company_says_so() -> None:
    """What is no text can't be in a list of texts either."""
    found = [fault for fault in fault_grid(of_one({"type": "string", "enum": ["a"]})).faults if fault.keyword == "type"]
    assert found
    assert not any(fault.alone for fault in found)


def test_a_value_on_which_the_validators_disagree_is_counted_and_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second opinion takes everything for valid, nothing is proven."""
    monkeypatch.setattr(proof, "second_opinion", lambda schema, validate_formats=False: lambda value: True)
    grid = fault_grid(of_one({"type": "integer"}))
    assert grid.faults == ()
    assert grid.disputed > 5


def test_without_a_second_opinion_the_first_one_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional validator changes nothing where both agree."""
    schema = of_one({"type": "string", "pattern": "^a+$", "maxLength": 3})
    both = ids(fault_grid(schema))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert ids(fault_grid(schema)) == both


def test_a_reference_to_nowhere_is_no_schema_to_be_judged() -> None:
    """It raises rather than yield nothing."""
    with pytest.raises(NoDialect, match="nowhere"):
        fault_grid({"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}})


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"properties": {"a": {"$ref": "#/properties/a"}}}])
def test_a_reference_to_itself_is_no_schema_to_be_judged(schema: dict[str, Any]) -> None:
    """It ends with a reason."""
    with pytest.raises(NoDialect, match="without end"):
        fault_grid(schema)


@pytest.mark.parametrize("bound", [10**400, 1e308, float("inf"), -(10**400)])
def test_bounds_beyond_all_doubles_do_no_harm(bound: float) -> None:
    """JSON has no largest number, a schema may state one that can't be reckoned with."""
    grid = fault_grid(of_one({"type": "number", "maximum": bound, "multipleOf": 5e-324}))
    assert "without:x@# (#/required)" in ids(grid) or not grid.bases


def test_a_gigantic_schema_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is bounded, and that more could have been tried is told."""
    schema = of_one({"type": "integer"})
    whole = fault_grid(schema)
    assert not whole.cut
    monkeypatch.setattr(grid_module, "MAX_JUDGED", 5)
    cut = fault_grid(schema)
    assert cut.cut
    assert 0 < len(cut.faults) < len(whole.faults)


PRINT_GRID = """
import json, sys
from smcp_conformance.generate.grid import fault_grid
print([(fault.id, json.dumps(fault.value)) for fault in fault_grid(json.loads(sys.argv[1])).faults])
"""


def test_the_same_schema_has_the_same_faults_in_the_same_order_in_every_process() -> None:
    """No order depends on hashes."""
    schema = {
        "type": "object",
        "properties": {name: {"type": ["string", "null"], "enum": ["a", None]} for name in "zyxabc"},
        "patternProperties": {"^p": {"type": "integer"}},
        "required": ["z", "a"],
        "dependentRequired": {"x": ["y", "b"]},
        "additionalProperties": False,
    }
    command = [sys.executable, "-c", PRINT_GRID, json.dumps(schema)]
    outputs = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, timeout=60
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000
