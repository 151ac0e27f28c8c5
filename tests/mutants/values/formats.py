"""Tools that take a text of some form, and some of them badly."""

from __future__ import annotations

from mutants.values import outcomes
from mutants.values.mutant import NO_INTERNAL_ERROR, SURVIVES, valued

MUTANTS = (
    valued(
        "dies-on-leap-day",
        {"type": "string", "format": "date"},
        lambda text: text.endswith("-02-29"),
        outcomes.dies,
        SURVIVES,
        "2000-02-29",
    ),
    valued(
        "fears-the-end-of-the-year",
        {"type": "string", "format": "date"},
        lambda text: text.endswith("-12-31"),
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "2000-12-31",
    ),
    valued(
        "knows-no-offset",
        {"type": "string", "format": "date-time"},
        lambda text: text[-6] in "+-",
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "2000-01-01T00:00:00+00:00",
    ),
    valued(
        "dies-on-plus-address",
        {"type": "string", "format": "email"},
        lambda text: "+" in text,
        outcomes.dies,
        SURVIVES,
        "A+0@0.aa",
    ),
    valued(
        "needs-a-path",
        {"type": "string", "format": "uri"},
        lambda text: text.startswith("http") and text.count("/") == 2,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "http://example.com",
    ),
    valued(
        "knows-no-urn",
        {"type": "string", "format": "uri"},
        lambda text: text.startswith("urn:"),
        outcomes.dies,
        SURVIVES,
        "urn:aa:0",
    ),
    valued(
        "needs-a-character",
        {"type": "string", "pattern": "^[a-z]*$"},
        lambda text: text == "",
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "",
    ),
    valued(
        "shortest-of-its-pattern",
        {"type": "string", "pattern": "^[a-z]{2,8}$"},
        lambda text: len(text) == 2,
        outcomes.dies,
        SURVIVES,
        "aa",
    ),
    valued(
        "longest-of-its-pattern",
        {"type": "string", "pattern": "^[A-Z]{1,6}$"},
        lambda text: len(text) == 6,
        outcomes.fails_inside,
        NO_INTERNAL_ERROR,
        "AAAAAA",
    ),
    valued(
        "full-buffer",
        {"type": "string", "maxLength": 64},
        lambda text: len(text) == 64,
        outcomes.dies,
        SURVIVES,
        "0" * 64,
    ),
)
