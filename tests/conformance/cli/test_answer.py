"""What counts as an answer, a refusal, and one strict JSON document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smcp_conformance.cli.answer import Answer, NotJson, Violation, is_error, strict_json
from smcp_conformance.cli.runner import Run

DONE = Run(("cli.py",), 0, b"{}\n", b"", timed_out=False, seconds=0.5)


@given(st.recursive(st.none() | st.integers() | st.text(st.characters(codec="utf-8")), st.lists))
def test_a_document_is_read(document: Any) -> None:
    """Anything that is one document, with white space around it."""
    assert strict_json(b" \n" + json.dumps(document, ensure_ascii=False).encode() + b"\n") == document


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "no JSON (line 1 column 1): 'hello'"),
        (b"{}\n{}", "JSON with more behind it (line 2 column 1): '{}\\n{}'"),
        (b'"\xe9"', "no UTF-8 at byte 1: '\"\\\\xe9\"'"),
        (b'{"a": NaN}', "no strict JSON, it holds NaN: '{\"a\": NaN}'"),
        (b"[-Infinity]", "no strict JSON, it holds -Infinity: '[-Infinity]'"),
        (b'{"a": 1, "b": 2, "a": 3}', 'an object that names \'a\' twice: \'{"a": 1, "b": 2, "a": 3}\''),
        (b"\xef\xbb\xbf{}", "no JSON (line 1 column 1): '\\ufeff{}'"),
    ],
)
def test_what_is_not_one_strict_document_is_named(raw: bytes, said: str) -> None:
    """Each in words of its own, with what was printed."""
    with pytest.raises(NotJson) as found:
        strict_json(raw)
    assert str(found.value) == said


def test_json_that_nests_too_deep_is_no_error_of_ours() -> None:
    """It can't be read, and that is what is said."""
    with pytest.raises(NotJson, match="beyond what can be read"):
        strict_json(b"[" * 200_000 + b"]" * 200_000)


def test_long_output_is_shown_shortened() -> None:
    """A megabyte on the screen helps nobody."""
    with pytest.raises(NotJson) as found:
        strict_json(b"x" * 1_000_000)
    assert len(str(found.value)) < 400


@pytest.mark.parametrize(
    ("change", "got"),
    [
        ({"timed_out": True}, "no end within 0.5 s"),
        ({"flooded": True}, "more than 3 bytes on stdout"),
        ({"returncode": -11}, "death by signal 11"),
        ({"stderr": b"Traceback (most recent call last)\nKeyError: 'x'\n"}, "a traceback, \"KeyError: 'x'\""),
        ({"stdout": b'{"error": "Traceback (most recent call last)"}'}, "a traceback, "),
    ],
)
def test_a_call_that_did_not_end_well_is_a_violation(change: dict[str, Any], got: str) -> None:
    """Hang, flood, signal, traceback."""
    answer = Answer(replace(DONE, **change))
    assert not answer.ended
    with pytest.raises(Violation) as found:
        answer.must_have_ended()
    assert found.value.got.startswith(got)
    assert found.value.answer is answer


@pytest.mark.parametrize(
    ("change", "must_be"),
    [
        ({}, "a non-zero exit code"),
        ({"returncode": 2, "stdout": b'{"message": "no"}'}, 'a JSON object with a member "error"'),
        ({"returncode": 2, "stdout": b"no"}, "exactly one strict JSON document in UTF-8"),
        ({"returncode": -6}, "an exit code"),
    ],
)
def test_what_is_no_refusal_is_a_violation(change: dict[str, Any], must_be: str) -> None:
    """A refusal ends well, with a non-zero exit code and an error in JSON."""
    with pytest.raises(Violation) as found:
        Answer(replace(DONE, **change)).must_be_refusal()
    assert found.value.must_be == must_be


def test_a_refusal_is_a_refusal() -> None:
    """Any non-zero exit code will do, and any error that is not null."""
    Answer(replace(DONE, returncode=7, stdout=b'{"error": {"code": "x"}}')).must_be_refusal()


@pytest.mark.parametrize(
    ("document", "expected"),
    [({"error": "no"}, True), ({"error": None}, False), ({"result": 1}, False), (["error"], False), ("error", False)],
)
def test_an_error_is_an_object_that_has_one(document: object, expected: bool) -> None:
    """A member `error` of null is none."""
    assert is_error(document) is expected
