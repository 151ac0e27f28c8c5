"""Short texts for regular expressions."""

from __future__ import annotations

import re

import pytest

from smcp_conformance.generate.shortest import shortest_match


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
