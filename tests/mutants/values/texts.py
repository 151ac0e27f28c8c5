"""Tools that take a text, and some texts badly."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from mutants.values import outcomes
from mutants.values.mutant import (
    AS_DECLARED,
    MIRRORED,
    NO_INTERNAL_ERROR,
    READABLE,
    STEADY,
    SURVIVES,
    UNHARMED,
    WELL_FORMED,
    valued,
)

TEXT = {"type": "string"}


def holds(*characters: str) -> Callable[[str], bool]:
    """Texts in which one of the characters is."""
    return lambda text: any(each in text for each in characters)


def begins(*beginnings: str) -> Callable[[str], bool]:
    """Texts that begin so."""
    return lambda text: text.startswith(beginnings)


def spells(kind: type) -> Callable[[str], bool]:
    """Texts that are the JSON of a value of that type."""

    def fits(text: str) -> bool:
        try:
            return type(json.loads(text)) is kind
        except (ValueError, RecursionError):
            return False

    return fits


def beyond_the_bmp(text: str) -> bool:
    """Some character needs two UTF-16 code units."""
    return any(ord(each) > 0xFFFF for each in text)


def _stripped(text: Any) -> Any:
    return text.removeprefix("\ufeff").rstrip(" ")


MUTANTS = (
    valued("dies-on-empty-text", TEXT, lambda text: not text, outcomes.dies, SURVIVES, ""),
    valued("dies-on-nul", TEXT, holds("\0"), outcomes.dies, SURVIVES, "\0"),
    valued(
        "chokes-on-leading-mark",
        TEXT,
        lambda text: text != "" and unicodedata.combining(text[0]) > 0,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "\u0301",
    ),
    valued("chokes-on-right-to-left-mark", TEXT, holds("\u200f"), outcomes.fails_inside, NO_INTERNAL_ERROR, "\u200f"),
    valued("breaks-line-at-line-separator", TEXT, holds("\u2028"), outcomes.breaks_the_line, READABLE, "\u2028"),
    valued("breaks-line-at-newline", TEXT, holds("\n"), outcomes.breaks_the_line, READABLE, "\n"),
    valued(
        "half-pairs-beyond-the-bmp",
        TEXT,
        beyond_the_bmp,
        outcomes.writes_half_pairs,
        READABLE,
        "\U00010000",
    ),
    valued(
        "latin-1-where-it-can",
        TEXT,
        lambda text: any(0xA0 <= ord(each) <= 0xFF for each in text),
        outcomes.writes_latin_1,
        READABLE,
        "\xa0",
    ),
    valued("astral-replaced", TEXT, beyond_the_bmp, outcomes.replaces_characters, UNHARMED, "\U00010000"),
    valued("unquoted-quotation-mark", TEXT, holds('"'), outcomes.forgets_to_quote, READABLE, '"'),
    valued("takes-dash-for-flag", TEXT, begins("-"), outcomes.fails_inside, NO_INTERNAL_ERROR, "-"),
    valued("takes-dashes-for-end-of-flags", TEXT, lambda text: text == "--", outcomes.dies, SURVIVES, "--"),
    valued("dies-on-help", TEXT, lambda text: text == "--help", outcomes.dies, SURVIVES, "--help"),
    valued("parses-an-object", TEXT, spells(dict), outcomes.answers_with_parsed_text, WELL_FORMED, "{}"),
    valued("parses-an-array", TEXT, spells(list), outcomes.answers_with_parsed_text, WELL_FORMED, "[]"),
    valued("parses-a-number", TEXT, spells(int), outcomes.answers_with_parsed_text, WELL_FORMED, "0"),
    valued(
        "takes-null-for-nothing", TEXT, lambda text: text == "null", outcomes.answers_with_no_text, WELL_FORMED, "null"
    ),
    valued(
        "takes-true-for-truth", TEXT, lambda text: text == "true", outcomes.answers_without_content, WELL_FORMED, "true"
    ),
    valued("takes-nan-for-number", TEXT, lambda text: text == "NaN", outcomes.answers_nan, READABLE, "NaN", TEXT),
    valued("opens-absolute-paths", TEXT, begins("/"), outcomes.fails_inside, NO_INTERNAL_ERROR, "/"),
    valued("climbs-out", TEXT, begins(".."), outcomes.fails_inside, NO_INTERNAL_ERROR, ".."),
    valued(
        "knows-drives", TEXT, lambda text: re.match(r"[A-Za-z]:\\", text) is not None, outcomes.dies, SURVIVES, "C:\\"
    ),
    valued("formats-percents", TEXT, holds("%"), outcomes.fails_inside, NO_INTERNAL_ERROR, "%"),
    valued("fills-in-templates", TEXT, holds("{{"), outcomes.fails_inside, NO_INTERNAL_ERROR, "{{"),
    valued("buffer-of-256", TEXT, lambda text: len(text) >= 256, outcomes.fails_inside, NO_INTERNAL_ERROR, "0" * 256),
    valued("buffer-of-4096", TEXT, lambda text: len(text) >= 4096, outcomes.dies, SURVIVES, "0" * 4096),
    valued(
        "blank-is-nothing",
        TEXT,
        lambda text: text != "" and not text.strip(" "),
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        " ",
    ),
    valued("grows-in-lower-case", TEXT, lambda text: len(text.lower()) != len(text), outcomes.dies, SURVIVES, "\u0130"),
    valued(
        "strips-byte-order-mark",
        TEXT,
        begins("\ufeff"),
        outcomes.loses_text,
        MIRRORED,
        "\ufeff",
        TEXT,
    ),
    valued(
        "too-long-for-its-output",
        TEXT,
        lambda text: False,
        outcomes.dies,
        AS_DECLARED,
        "0" * 9,
        {"type": "string", "maxLength": 8},
    ),
    valued("counts-digits", TEXT, lambda text: text.isdigit(), outcomes.differs_each_time, STEADY, "0"),
    valued("loops-on-deep-nesting", TEXT, begins("["), outcomes.is_silent, SURVIVES, "["),
)
