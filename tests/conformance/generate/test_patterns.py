"""ECMA-262 regular expressions mean in Python what they mean in ECMA-262."""

from __future__ import annotations

import re

import pytest

from smcp_conformance.generate.patterns import NotTranslatable, read

MEANINGS = [
    (r"^a$", "a", "a\n"),
    (r"^\d$", "7", "\u0667"),
    (r"^\D$", "\u0667", "7"),
    (r"^\w$", "_", "é"),
    (r"^\W$", "é", "_"),
    (r"^\s$", "\ufeff", "\x1c"),
    (r"^\S$", "\x1c", "\u2029"),
    (r"^.$", "\x85", "\u2028"),
    (r"^.$", "\U0001f600", "\n"),
    (r"^\cA\t\0$", "\x01\t\0", "cA"),
    (r"^\x41\u0042\u{1F600}$", "AB\U0001f600", "AB"),
    (r"^\ud83d\ude00$", "\U0001f600", "\ud83d"),
    (r"^[\ud800]$", "\ud800", "\U0001f600"),
    (r"^\p{Lu}\P{Lu}$", "Éé", "éé"),
    (r"^\p{General_Category=Decimal_Number}\p{ASCII}$", "\u0667a", "a\u0667"),
    (r"^[^]$", "\n", ""),
    (r"a|[]", "a", "b"),
    (r"^[^a-c\d]$", "d", "5"),
    (r"^[a\-z\]\b]+$", "-]\b", "m"),
    (r"^[[&&]--~~$", "&--~~", "x--~~"),
    (r"^[\w-]{2,}$", "a-", "é-"),
    (r"^(?<year>\d{4})-\k<year>$", "2026-2026", "2026-2025"),
    (r"^(a)(?:b)?\1$", "aba", "ab"),
    (r"^(?=a)(?!ab)\w+?$", "ac", "ab"),
    (r"(?<=a)b(?<!cb)", "ab", "cb"),
    (r"\bé", "aé", "é"),
    (r"^\/\.\-{x}$", "/.-{x}", "/.-"),
    (r"^x{2}y{1,}z{0,1}$", "xxy", "xy"),
    (r"\Aa\Z", "a", "a\n"),
    (r"(?P<n>a)(?P=n)", "aa", "ab"),
    (r"(?i)^abc$", "ABC", "abd"),
]


@pytest.mark.parametrize(("pattern", "matching", "other"), MEANINGS)
def test_pattern_keeps_its_meaning(pattern: str, matching: str, other: str) -> None:
    """It matches what it did and nothing else, also when what was written is read once more."""
    for python in (read(pattern).python, read(read(pattern).python).python):
        assert re.search(python, matching)
        assert not re.search(python, other)


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a", "*a", "[b-a]", r"\p{Script=Greek}", "(?<x", "\\", r"[\d-a"])
def test_pattern_of_no_language_is_refused(pattern: str) -> None:
    """Neither ECMA-262 nor Python knows it, or Python can't say it."""
    with pytest.raises(NotTranslatable):
        read(pattern)


@pytest.mark.parametrize(
    ("pattern", "least", "most", "python"),
    [
        ("^[a-z]+$", 20, 30, r"^[a-z]{20,30}\Z"),
        ("^a[a-z]*b$", 2, 4, r"^a[a-z]{0,2}b\Z"),
        ("^[a-z]{2,3}$", 9, 9, r"^[a-z]{3,3}\Z"),
        ("a|b+", 5, 6, "a|b{1,}"),
    ],
)
def test_pattern_is_sized_to_a_length(pattern: str, least: int, most: int, python: str) -> None:
    """A repetition is widened or narrowed as far as it goes; alternatives stay as they are."""
    assert read(pattern).sized(least, most).python == python


def test_pattern_knows_how_long_its_matches_are() -> None:
    """From the shortest to the longest."""
    assert (read("^(ab|c)?x{2,4}$").narrow, read("^(ab|c)?x{2,4}$").wide) == (2, 6)
