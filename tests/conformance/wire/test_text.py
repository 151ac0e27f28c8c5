"""What is legal JSON is read whatever its size; what would cost us the stack is told apart from what is no JSON."""

import json

import pytest

from smcp_conformance.checks.basic.index.encoding import read
from smcp_conformance.wire.text import DEEPEST, DIGITS, TooDeep, parse
from smcp_conformance.wire.transcript import NOT_JSON, Conversation


def nested(levels: int) -> bytes:
    """An array of that many levels."""
    return b"[" * levels + b"]" * levels


def test_a_huge_integer_stays_an_integer_and_huge() -> None:
    """Python refuses to read more than so many digits; JSON sets no limit."""
    value = parse(b"-" + b"9" * (DIGITS + 1000))
    assert isinstance(value, int)
    assert value < -(10**4000)
    assert Conversation("stdio").received(b'{"id":' + b"9" * 5000 + b"}", "stdout").is_message
    assert read(b"9" * 5000).error == ""


@pytest.mark.parametrize("levels", [DEEPEST + 1, 5000, 200_000])
def test_what_is_nested_too_deeply_is_too_large_and_not_wrong(levels: int) -> None:
    with pytest.raises(TooDeep, match="levels deep"):
        parse(nested(levels))
    frame = Conversation("stdio").received(nested(levels), "stdout")
    assert (frame.too_large, frame.value) == (True, NOT_JSON)


def test_usual_depths_and_many_brackets_are_read() -> None:
    wide = [[index] for index in range(1000)]
    assert parse(json.dumps(wide).encode()) == wide
    assert parse(nested(DEEPEST)) != NOT_JSON


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"nope", b"[1] 2"])
def test_what_is_no_json_is_no_json(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(raw)
    frame = Conversation("stdio").received(raw, "stdout")
    assert (frame.too_large, frame.value) == (False, NOT_JSON)
