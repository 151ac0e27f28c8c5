"""Random faults: each proven and named, no keyword drowned by another, shrinking to the simplest."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings

from smcp_conformance.generate import faulty
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.faulty import NoFault, faulty_values
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import NotGenerable

ORDER = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]*$"},
        "count": {"type": "integer", "minimum": 1, "maximum": 10},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True, "maxItems": 2},
        "next": {"anyOf": [{"type": "null"}, {"$ref": "#"}]},
        "kind": {"oneOf": [{"const": 1}, {"type": "string"}]},
    },
    "propertyNames": {"maxLength": 20},
    "required": ["name", "count"],
    "additionalProperties": False,
}
BRIEF = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
THOROUGH = settings(database=None, deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])


def drawn(schema: dict[str, Any], *, examples: int = 100) -> list[Fault]:
    """Faults as Hypothesis draws them from one seed."""
    found: list[Fault] = []

    @seed(1)
    @settings(BRIEF, max_examples=examples)
    @given(faulty_values(schema))
    def collect(fault: Fault) -> None:
        found.append(fault)

    collect()
    return found


def test_every_drawn_fault_is_an_invalid_object() -> None:
    """Whatever is drawn, it is wrong, and it can be sent as arguments."""
    for fault in drawn(ORDER):
        assert isinstance(fault.value, dict)
        assert not schema_root(ORDER).accepts(fault.value)


def test_every_keyword_is_broken_some_time() -> None:
    """All of them, at random and by name."""
    found = drawn(ORDER, examples=400)
    keywords = {fault.keyword for fault in found}
    assert {"type", "required", "minLength", "maxLength", "pattern", "minimum", "maximum", "enum", "anyOf"} <= keywords
    assert {"exclusiveMinimum", "uniqueItems", "maxItems", "additionalProperties", "oneOf"} <= keywords
    assert {fault.operator == faulty.DRAWN for fault in found} == {True, False}


def test_many_required_members_do_not_drown_one_length() -> None:
    """The keyword is chosen before the place."""
    names = [f"m{number}" for number in range(30)]
    many = {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": 3} if name == "m7" else {} for name in names},
    }
    found = Counter(fault.keyword for fault in drawn({**many, "required": names}))
    assert found["maxLength"] > 10


def test_a_fault_shrinks_to_the_smallest_instance() -> None:
    """What isn't needed is gone: optional members, longer texts."""
    smallest = find(faulty_values(ORDER), lambda fault: fault.keyword == "maximum", settings=THOROUGH)
    assert set(smallest.value) == {"name", "count"}
    assert smallest.value["count"] == 11


def test_the_same_seed_draws_the_same_faults() -> None:
    """In the same order."""
    assert [(fault.id, fault.value) for fault in drawn(ORDER, examples=50)] == [
        (fault.id, fault.value) for fault in drawn(ORDER, examples=50)
    ]


def test_a_schema_without_faults_says_so() -> None:
    """Rather than draw nothing for ever."""
    with pytest.raises(NoFault, match="no invalid object"):
        faulty_values({"type": "object"})
    with pytest.raises(NoFault, match="no invalid value"):
        faulty_values(True, arguments=False)


def test_without_a_valid_object_the_grid_is_drawn_from() -> None:
    """There is nothing to break, but every object is refused."""
    assert {fault.keyword for fault in drawn({"type": "object", "not": {}}, examples=20)} == {"not"}


def test_where_valid_values_can_not_be_drawn_the_bases_are_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deterministic instances are enough to go on."""

    def refuse(schema: Any) -> Any:
        raise NotGenerable("pattern", "", "can't be followed")

    monkeypatch.setattr(faulty, "valid_objects", refuse)
    found = drawn(ORDER, examples=100)
    assert len({fault.keyword for fault in found}) > 5
    assert not any(schema_root(ORDER).accepts(fault.value) for fault in found)


def test_a_keyword_that_has_no_say_is_passed_over() -> None:
    """A bound of numbers can't be broken where the value drawn is a text: then it is one of the grid's."""
    found = drawn({"type": "object", "properties": {"a": {"minimum": 3}}, "required": ["a"]})
    assert {fault.keyword for fault in found} == {"minimum", "required"}


def test_values_of_any_type_are_broken_where_no_arguments_are_wanted() -> None:
    """The root's type, too."""
    wrong = find(faulty_values({"type": "integer"}, arguments=False), lambda fault: fault.keyword == "type")
    assert wrong.value is None


def test_the_same_item_is_doubled_anywhere() -> None:
    """And texts drawn past a limit are too long."""
    schema = {"properties": {"a": {"type": "array", "items": {"maxLength": 2}, "uniqueItems": True, "minItems": 3}}}
    assert {fault.keyword for fault in drawn({"type": "object", **schema})} >= {"uniqueItems", "maxLength", "minItems"}
