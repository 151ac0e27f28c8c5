"""URI templates are filled as RFC 6570 has it, texts being the only values there are."""

from __future__ import annotations

import pytest

from smcp_conformance.uri_template import expand, variables

VALUES = {"var": "value", "hello": "Hello World!", "path": "/foo/bar", "x": "1024", "y": "768", "empty": ""}


@pytest.mark.parametrize(
    ("template", "uri"),
    [
        ("note://a/{var}", "note://a/value"),
        ("{hello}", "Hello%20World%21"),
        ("{+hello}", "Hello%20World!"),
        ("{+path}/here", "/foo/bar/here"),
        ("{path}", "%2Ffoo%2Fbar"),
        ("X{#path}", "X#/foo/bar"),
        ("map?{x,y}", "map?1024,768"),
        ("X{.var,x}", "X.value.1024"),
        ("{/var,x}/here", "/value/1024/here"),
        ("{;x,y,empty}", ";x=1024;y=768;empty"),
        ("{?x,empty}", "?x=1024&empty="),
        ("?fixed=yes{&x}", "?fixed=yes&x=1024"),
        ("{var:3}", "val"),
        ("{path*}", "%2Ffoo%2Fbar"),
        ("O{undefined}X", "OX"),
        ("{?undefined,y}", "?y=768"),
        ("O{empty}X", "OX"),
    ],
)
def test_a_template_becomes_a_uri(template: str, uri: str) -> None:
    """With each operator, with prefixes, and where a variable has no value."""
    assert expand(template, VALUES) == uri


def test_what_no_uri_can_hold_is_escaped() -> None:
    """Every byte of the text's UTF-8 is, a lone surrogate's too."""
    assert expand("{a}", {"a": "é\0%\ud800"}) == "%C3%A9%00%25%ED%A0%80"


def test_variables_are_named_once_and_without_their_modifiers() -> None:
    """In the order in which they come."""
    assert variables("{+path*}/{x,y:3}{?x,z}{") == ["path", "x", "y", "z"]
    assert variables("note://plain") == []
