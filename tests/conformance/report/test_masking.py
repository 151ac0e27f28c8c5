"""Secrets are masked in every form in which a server may echo them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from smcp_conformance.masking import MASK, Mask, masked

SECRET = 's3cr3t "válue"/+&\\end~?>'


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps(json.dumps({"text": SECRET})),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET, safe="").lower(),
        repr([SECRET]),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_found_in_every_encoding(shown: str) -> None:
    """Nothing of the secret's middle is left, and what stands around it is."""
    text = Mask([SECRET])(f"before {shown} after")
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert MASK in text
    assert "3cr3t" not in text


@pytest.mark.parametrize("name", ["", "u", "us", "user", "alice"])
def test_a_secret_is_found_inside_base64_at_any_alignment(name: str) -> None:
    """Basic credentials hold it behind a user's name of any length; decoding what is shown doesn't give it back."""
    encoded = base64.b64encode(f"{name}:hunter2-hunter2:more".encode()).decode()
    text = Mask(["hunter2-hunter2"])(f"x {encoded} y")
    assert MASK in text
    assert len(text) < len(f"x {encoded} y") - 12


def test_the_longest_secret_is_replaced_first() -> None:
    """A secret that begins another leaves no rest of the other."""
    assert Mask(["token", "token-and-more"])("token-and-more token") == f"{MASK} {MASK}"


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("x-api-key: 123 456\nnext: line", "x-api-key: ***\nnext: line"),
        ('{"Cookie": "a=b; c=d", "n": 1}', '{"Cookie": "***", "n": 1}'),
        ("('authorization', 'Bearer abc'), ('n', '1')", "('authorization', '***'), ('n', '1')"),
        ('{"text": "{\\"authorization\\": \\"Bearer abc\\"}"}', '{"text": "{\\"authorization\\": \\"***\\"}"}'),
        ("Set-Cookie: id=1", "Set-Cookie: ***"),
        ("proxy-authorization: Basic x", "proxy-authorization: ***"),
    ],
)
def test_credential_headers_are_masked_whoever_sent_them(shown: str, left: str) -> None:
    """Their values go, their names stay."""
    assert Mask([])(shown) == left


@pytest.mark.parametrize(
    "text",
    ["fix::http-2025-11-25::basic/authorization::answers_401", "see basic/authorization: there", "a cookie, two"],
)
def test_words_that_only_sound_like_headers_stay(text: str) -> None:
    """Node ids, paths and sentences are no headers."""
    assert Mask(["unrelated"])(text) == text


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ("got abcd-secret-ef … and so on", "got *** … and so on"),
        ("got … cret-efgh", "got … ***"),
        ("cret-efgh was cut by its tail", "*** was cut by its tail"),
        ("… 5 more", "… 5 more"),
        ("abc … fgh", "abc … fgh"),
    ],
)
def test_a_secret_that_was_cut_in_two_is_masked_on_both_sides(shown: str, left: str) -> None:
    """Where a long text was shortened, the end of one side and the beginning of the other count; 3 letters don't."""
    assert Mask(["abcd-secret-efgh"])(shown) == left


def test_patterns_are_masked() -> None:
    """What `--smcp-mask` describes goes, too."""
    assert masked("id sk-123 and sk-9", (), [r"sk-\d+"]) == f"id {MASK} and {MASK}"


def test_bytes_that_are_no_utf8_are_masked_and_otherwise_kept() -> None:
    """A replay file shows the exact bytes but for the secrets."""
    assert Mask(["topsecret"]).raw(b"\xff topsecret \xfe") == b"\xff *** \xfe"


def test_json_is_masked_through_and_through() -> None:
    """Keys and values, nested; what is no string stays."""
    value = {"a-topsecret": ["topsecret", 1, None, {"b": ("topsecret",)}]}
    assert Mask(["topsecret"]).value(value) == {"a-***": ["***", 1, None, {"b": ["***"]}]}


def test_without_secrets_nothing_changes() -> None:
    """An empty secret hides nothing."""
    assert Mask(["", ""])("all … of it") == "all … of it"
