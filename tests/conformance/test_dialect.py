"""Schemas are judged by the dialect they declare, and by nothing that Python alone believes."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from smcp_conformance.generate.dialect import NoDialect, schema_fault
from smcp_conformance.generate.schema import instance_fault

ECMA = (r"^\p{L}+$", r"^(?<year>\d{4})$", "^[^]*$", r"^\u{1F600}$", r"^\cJ$")


@pytest.mark.parametrize("pattern", ECMA)
def test_a_pattern_of_ecma_262_is_no_fault(pattern: str) -> None:
    """Servers in JavaScript send what Python's `re` can't read."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}, "required": ["a"]}
    assert schema_fault(schema) is None


def test_what_can_not_be_read_is_not_judged() -> None:
    """A value under such a pattern is neither valid nor invalid to us."""
    with pytest.raises(NoDialect, match="no regular expression of Python"):
        instance_fault({"pattern": r"^\p{Script=Greek}+$"}, "a")


def test_patterns_mean_what_ecma_262_says() -> None:
    assert instance_fault({"pattern": r"^\p{L}+$"}, "é") is None
    assert instance_fault({"pattern": "^a$"}, "a\n") is not None


def test_a_pattern_that_explodes_is_given_up() -> None:
    """It would keep us busy for ever: a server's schema is the server's."""
    explosive = {"properties": {"a": {"pattern": "^(a+)+$"}}}
    assert instance_fault(explosive, {"a": "a" * 40}) is None
    with pytest.raises(NoDialect, match="takes too long"):
        instance_fault(explosive, {"a": "a" * 40 + "!"})
    assert signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL


def test_elsewhere_than_on_the_main_thread_nothing_is_limited() -> None:
    """Signals reach the main thread only."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(instance_fault, {"pattern": "^a+$"}, "aaa").result() is None


def test_a_broken_schema_is_told_by_its_place() -> None:
    fault = schema_fault({"type": "object", "properties": {"a": {"type": "text"}}})
    assert fault is not None
    assert fault.startswith("$.properties.a.type")


def test_an_unknown_dialect_is_not_judged() -> None:
    with pytest.raises(NoDialect, match="no dialect known here"):
        schema_fault({"$schema": "https://example.com/dialect"})


def test_a_reference_to_nowhere_is_not_judged() -> None:
    with pytest.raises(NoDialect, match="can't be resolved"):
        instance_fault({"$ref": "https://example.com/else"}, 1)
