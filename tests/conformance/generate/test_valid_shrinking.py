"""What a failure shrinks to: the smallest value that shows it, whichever edge it was found by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from drawing import smallest

from smcp_conformance.generate.valid import valid_objects, valid_values

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
NUMBER = {"type": "number"}
TOOL = {
    "type": "object",
    "properties": {"name": TEXT, "count": WHOLE, "flag": {"type": "boolean"}, "tags": {"type": "array", "items": TEXT}},
    "required": ["name"],
}

EDGES: dict[str, tuple[Any, Callable[[Any], bool], Any]] = {
    "empty text": (TEXT, lambda text: text == "", ""),
    "ten characters": (TEXT, lambda text: len(text) >= 10, 10),
    "a long text": (TEXT, lambda text: len(text) > 255, 256),
    "a very long text": (TEXT, lambda text: len(text) > 5000, 5001),
    "NUL": (TEXT, lambda text: "\0" in text, "\0"),
    "line separator": (TEXT, lambda text: "\u2028" in text, "\u2028"),
    "astral plane": (TEXT, lambda text: any(ord(each) > 0xFFFF for each in text), 1),
    "combining": (TEXT, lambda text: any(0x300 <= ord(each) < 0x370 for each in text), 1),
    "right to left": (TEXT, lambda text: any(0x590 <= ord(each) < 0x700 for each in text), 1),
    "dash": (TEXT, lambda text: text.startswith("-"), "-"),
    "flag": (TEXT, lambda text: text.startswith("--"), "--"),
    "object": (TEXT, lambda text: text.startswith("{"), 2),
    "parent folder": (TEXT, lambda text: ".." in text, 2),
    "digits": (TEXT, str.isdigit, "0"),
    "above a limit": (WHOLE, lambda number: number > 1000, 1001),
    "negative": (WHOLE, lambda number: number < 0, -1),
    "minus one": (WHOLE, lambda number: number == -1, -1),
    "32 bits": (WHOLE, lambda number: number >= 2**31, 2**31),
    "53 bits": (WHOLE, lambda number: number > 2**53, 2**53 + 1),
    "number above a limit": (NUMBER, lambda number: number > 1000, 1001),
    "fraction": (NUMBER, lambda number: number != int(number), 0.5),
    "largest": (NUMBER, lambda number: abs(number) >= 1e308, 1e308),
    "minus zero": (NUMBER, lambda number: str(number) == "-0.0", 0),
    "upper bound": ({**WHOLE, "minimum": 1, "maximum": 100}, lambda number: number == 100, 100),
    "three elements": ({"type": "array", "items": WHOLE}, lambda found: len(found) >= 3, [0, 0, 0]),
    "no arguments but what must be": (TOOL, lambda found: True, {"name": ""}),
    "a negative argument": (TOOL, lambda found: found.get("count", 0) < 0, {"name": "", "count": -1}),
    "an empty list": (TOOL, lambda found: found.get("tags") == [], {"name": "", "tags": []}),
    "NUL in an argument": (TOOL, lambda found: "\0" in found["name"], {"name": "\0"}),
    "an undeclared argument": (TOOL, lambda found: not set(found) <= set(TOOL["properties"]), {"name": "", "": None}),
}


RARE = {"NUL in an argument": 600}  # which tools are given before anything is drawn, as one of their corners


@pytest.mark.parametrize("name", EDGES)
def test_edge_is_met_and_shrinks_to_what_is_needed(name: str) -> None:
    """Within 200 examples, by three seeds of three; for a text it may be the most that its length may be."""
    schema, fails, expected = EDGES[name]
    strategy = valid_objects(schema) if schema is TOOL else valid_values(schema)
    for number in range(3):
        found: Any = smallest(strategy, fails, number, RARE.get(name, 200))
        assert found is not None, number
        if schema is TEXT and isinstance(expected, int):
            assert len(found) <= expected
        else:
            assert abs(found) == expected if name == "largest" else found == expected


@pytest.mark.parametrize(
    ("schema", "simplest"),
    [
        (True, None),
        ({"type": ["array", "string", "integer"]}, []),
        ({"type": "string", "minLength": 2}, "00"),
        ({"type": "number", "minimum": 1.5}, 2),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "array", "minItems": 2, "items": {"type": "boolean"}}, [False, False]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
    ],
)
def test_simplest_value_comes_out_if_everything_fails(schema: Any, simplest: Any) -> None:
    """What Hypothesis holds for simplest, with the fewest choices, and the first of what the schema lists."""
    assert smallest(valid_values(schema), lambda value: True) == simplest
