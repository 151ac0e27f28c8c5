"""The value mutants are what they say, and what only few arguments show is found; all of them: tests/matrix."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from mutants.values import FAMILIES, MUTANTS
from mutants.values.mutant import DEFAULTS, QUESTIONS
from mutants.values.rules import valid
from value_hunts import MEANT, MEANT_OF_INVALID, best, size

from smcp_conformance.generate.grid import fault_grid
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.search.tool_collect import checks

# Of these, generation once missed all but the first, or didn't get to the smallest.
QUICK = (
    "last-of-the-list",
    "dies-on-leap-day",
    "longest-of-its-pattern",
    "full-page",
    "ragged",
    "loses-proto",
    "takes-null-for-nothing",
    "parses-an-object",
    "tenths-cut",
    "strips-byte-order-mark",
    "counts-code-units",
    "breaks-line-at-newline",
    "latin-1-where-it-can",
)
SCHEMAS = list({json.dumps(mutant.schema): mutant.schema for mutant in MUTANTS.values()}.values())


def test_every_question_is_asked_by_some_mutant() -> None:
    """And there are no others."""
    assert {mutant.question for mutant in MUTANTS.values()} == set(QUESTIONS)


def test_there_is_one_mutant_of_each_name() -> None:
    """Names travel in commands and node ids."""
    names = Counter(mutant.name for family in FAMILIES for mutant in family.MUTANTS)
    assert not [name for name, count in names.items() if count > 1]
    assert all(re.fullmatch("[a-z0-9-]+", name) for name in names)


@pytest.mark.parametrize("name", MUTANTS)
def test_the_arguments_that_its_author_expects_show_the_fault(name: str) -> None:
    """They are valid, or invalid where that is what the mutant gets wrong."""
    mutant = MUTANTS[name]
    assert schema_root(mutant.schema).accepts(mutant.minimal) != mutant.invalid
    broken = mutant.output is not None and not schema_root(mutant.output).accepts(mutant.answers(mutant.minimal))
    turned = dict(reversed(list(mutant.minimal.items())))
    assert mutant.shows(mutant.minimal) or mutant.shows(turned) or broken or mutant.question == DEFAULTS


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
def test_the_servers_own_validator_agrees_with_the_one_that_judges(schema: dict[str, object]) -> None:
    """On the instances that faults are made from, and on all faults."""
    grid = fault_grid(schema)
    assert grid.bases
    for value in (*grid.bases, *(fault.value for fault in grid.faults)):
        assert valid(schema, value, schema) == schema_root(schema).accepts(value), value


def test_the_checks_that_are_meant_exist() -> None:
    """A name that no check has would look for nothing."""
    named = {name for table in (MEANT, MEANT_OF_INVALID) for names in table.values() for name in names}
    assert named <= {check.name for check in checks()}


@pytest.mark.parametrize("name", QUICK)
def test_a_rare_value_is_found_and_brought_down_to_what_its_author_expects(name: str) -> None:
    """Within 200 examples, by the check that is meant to."""
    result = best(name)
    assert result.found, result.said
    assert result.arguments is not None
    assert size(result.arguments) <= size(MUTANTS[name].minimal), result.said
