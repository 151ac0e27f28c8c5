"""Short texts for regular expressions."""

from __future__ import annotations

import re

import pytest

from smcp_conformance.generate.grid import fault_grid
from smcp_conformance.generate.shortest import explosive, shortest_match


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a$", "a"),
        ("a*", ""),
        ("a+?", "a"),
        ("^[0-9]{3}$", "111"),
        ("^(cat|ox)$", "ox"),
        ("^(?:ab){2}$", "abab"),
        ("^[^a]$", "1"),
        ("^[^\\s]$", "a"),
        ("^\\D$", "a"),
        ("^\\W$", "-"),
        ("^\\s$", " "),
        ("^[\\w]$", "a"),
        ("^.$", "a"),
        ("^[x-z]$", "x"),
        ("^[é]$", "é"),
        ("^[^a-zA-Z0-9 -_./:@ ]$", "`"),
        ("", ""),
    ],
)
def test_the_shortest_text_is_found(pattern: str, text: str) -> None:
    """Of the plainest characters that the pattern admits."""
    assert shortest_match(pattern) == text


@pytest.mark.parametrize("pattern", ["^[a-z]+$", "^x*y*$", "^(ab|c)+$", "^.*$", "^a{2,9}b{0,5}$"])
def test_repetitions_stretch_to_a_length(pattern: str) -> None:
    """As far as is asked for."""
    text = shortest_match(pattern, 7)
    assert text is not None
    assert len(text) >= 7
    assert re.search(pattern, text)


@pytest.mark.parametrize("pattern", ["(", "^a(?=b)$", "^a\\b-(?<!-)c$"])
def test_what_is_not_seen_is_none(pattern: str) -> None:
    """No text is returned that doesn't match."""
    assert shortest_match(pattern) is None


def test_a_length_that_no_match_has_is_none() -> None:
    """The pattern's own end is respected."""
    assert shortest_match("^abc$", 4) is None


@pytest.mark.parametrize(
    ("pattern", "judged"),
    [
        ("^(a+)+$", True),
        ("^(?:x|(?:a*b?)*)$", True),
        ("^([a-z]{2,})*", True),
        ("^a+b+$", False),
        ("^(a+){2}$", False),
        ("(", False),
    ],
)
def test_a_repetition_within_a_repetition_is_explosive(pattern: str, judged: bool) -> None:
    """Python's `re` tries all ways of dividing a text among the two."""
    assert explosive(pattern) is judged


def test_an_explosive_pattern_is_not_tried_on_long_texts_that_just_fail() -> None:
    """The plain misses are left."""
    found = fault_grid({"properties": {"a": {"pattern": "^(a+)+$", "type": "string", "minLength": 40}}})
    assert [fault.value["a"] for fault in found.faults if fault.keyword == "pattern"] == ["~" * 40]
