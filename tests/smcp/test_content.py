"""Content blocks: what is proper, what is said of the rest, and what each revision gets."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mcp_types import CallToolResult
from smcp_clients import Pipe, call

from smcp import contract
from smcp.answers import Answer, judged
from smcp.content import is_base64, is_media_type, is_uri, parted, problem, suited
from smcp.discovery import Command
from smcp.runner import End, Outcome
from smcp.tools import result

NEWEST = "2026-07-28"
DATA = base64.b64encode(b"bytes").decode()
TEXT: dict[str, Any] = {"type": "text", "text": "t"}
IMAGE: dict[str, Any] = {"type": "image", "data": DATA, "mimeType": "image/png"}
AUDIO: dict[str, Any] = {"type": "audio", "data": DATA, "mimeType": "audio/wav"}
FILE: dict[str, Any] = {
    "type": "resource",
    "resource": {"uri": "file:///a", "text": "a", "mimeType": "text/plain;charset=utf-8"},
}
BLOB = {"type": "resource", "resource": {"uri": "x:a", "blob": ""}}
LINK = {"type": "resource_link", "uri": "https://example.org/%20?q#f", "name": "n", "title": "T", "size": 5}
NOTED = {**TEXT, "annotations": {"audience": ["user", "assistant"], "priority": 0.5, "lastModified": "2026-11-22"}}
EVERY: list[dict[str, Any]] = [TEXT, IMAGE, AUDIO, FILE, BLOB, LINK, NOTED]


def answer(printed: Any, **more: Any) -> Answer:
    """The answer to a command that printed this document."""
    described = {"name": "c", "description": "", "content": True, **more}
    stdout = json.dumps(printed).encode()
    return judged(Command("p", Path("cli.py"), described), Outcome(End.EXITED, 0, stdout, b""), None, 10)


def wire(found: Answer, revision: str = NEWEST) -> Any:
    """What a client of that revision gets."""
    made: CallToolResult = result(found, revision)
    return made.model_dump(by_alias=True, exclude_none=True, mode="json")


@pytest.mark.parametrize("content", [[], EVERY, [{**TEXT, "more": 1, "_meta": 7}]])
def test_proper_blocks_have_no_problem(content: Any) -> None:
    """Of every kind; members that mean nothing are no fault."""
    assert problem(content) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "content must be an array"),
        ({}, "content must be an array"),
        (["secret"], "content[0] must be an object"),
        ([{"text": "t"}], "content[0] must have type"),
        ([TEXT, {"type": "video"}], "content[1].type must be one of 'text', 'image', 'audio', 'resource', "),
        ([{"type": "text", "text": 7}], "content[0].text must be a string"),
        ([{"type": "image", "data": DATA}], "content[0] must have data and mimeType"),
        ([{**IMAGE, "data": "secret!"}], "content[0].data must be Base64"),
        ([{**IMAGE, "data": ""}], "content[0].data must not be shorter than 4"),
        ([{**IMAGE, "mimeType": "audio/wav"}], "content[0].mimeType must match ^image/"),
        ([{**AUDIO, "mimeType": "audio/"}], "content[0].mimeType must be a media type, as image/png is"),
        ([{"type": "resource", "resource": {"text": ""}}], "content[0].resource must have uri"),
        ([{"type": "resource", "resource": {"uri": "x:a"}}], "content[0].resource must have either text or blob"),
        (
            [{"type": "resource", "resource": {"uri": "x:a", "text": "", "blob": ""}}],
            "content[0].resource must have either text or blob",
        ),
        ([{**LINK, "uri": "/relative"}], "content[0].uri must be an absolute URI"),
        ([{**LINK, "name": ""}], "content[0].name must not be empty"),
        ([{**LINK, "size": -1}], "content[0].size must satisfy minimum: 0"),
        ([{**TEXT, "annotations": {"priority": 2}}], "content[0].annotations.priority must satisfy maximum: 1"),
        ([{**TEXT, "annotations": {"audience": ["all"]}}], "content[0].annotations.audience[0] must be one of 'user'"),
        ([{**TEXT, "annotations": {"lastModified": "today"}}], "content[0].annotations.lastModified must match"),
        ([{**TEXT, "annotations": []}], "content[0].annotations must be an object"),
    ],
)
def test_what_is_wrong_is_told_by_its_address(content: Any, said: str) -> None:
    """In one line, without what was printed, and nothing is sent."""
    assert (problem(content) or "").startswith(said)
    error = answer({"content": content}).error
    assert error is not None
    assert error["code"] == "invalid_result"
    assert said in error["message"]
    assert "secret" not in error["message"]


def test_content_that_is_described_has_to_be_there() -> None:
    """A client that was told of pictures doesn't get a success without any word of them."""
    strange: list[Any] = [{}, [], None, "text"]
    for printed in strange:
        error = answer(printed).error
        assert error is not None
        assert "content must be an array" in error["message"]
    nested: Any = []
    for _ in range(200):
        nested = [nested]
    assert "nested in more than" in (answer({"content": nested}).error or {})["message"]


def test_every_kind_reaches_the_newest_clients_as_it_is() -> None:
    """Without a result the blocks are all there is."""
    sent = wire(answer({"content": EVERY, "more": 1}))
    assert sent["content"] == EVERY
    assert "structuredContent" not in sent
    assert wire(answer({"content": []}))["content"] == []


def test_a_result_stands_beside_its_content() -> None:
    """It is held to its schema without the blocks, and its text comes first."""
    described = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}
    sent = wire(answer({"n": 1, "content": [IMAGE]}, result=described))
    assert sent["structuredContent"] == {"n": 1}
    assert sent["content"] == [{"type": "text", "text": '{"n": 1}'}, IMAGE]
    assert (answer({"n": "1", "content": [IMAGE]}, result=described).error or {})["code"] == "invalid_result"
    assert (answer({"n": 1}, result=described).error or {})["code"] == "invalid_result"


def test_content_that_nobody_described_is_part_of_the_result() -> None:
    """A plugin of before keeps its meaning."""
    described = {"type": "object", "required": ["content"]}
    sent = wire(answer({"content": "text"}, content=False, result=described))
    assert sent["structuredContent"] == {"content": "text"}
    assert wire(answer({"content": [IMAGE]}, content=False))["content"] == [
        {"type": "text", "text": json.dumps({"content": [IMAGE]})}
    ]
    assert parted({}, {"content": 1}) == (None, {"content": 1})


def test_members_without_a_meaning_are_not_sent() -> None:
    """Nobody has looked at them."""
    odd = {"_meta": {"bad key": 1}, "icons": "none"}
    inner = {**FILE["resource"], **odd}
    blocks = [{**LINK, **odd}, {**FILE, "resource": inner}, {**TEXT, "annotations": {**odd, "priority": 1}}]
    sent = [LINK, FILE, {**TEXT, "annotations": {"priority": 1}}]
    assert wire(answer({"content": blocks}))["content"] == sent


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", NEWEST])
def test_each_revision_gets_what_it_knows(revision: str) -> None:
    """Sounds since 2025-03-26, links and dates since 2025-06-18; before, words say what there is."""
    sent = wire(answer({"content": EVERY}), revision)["content"]
    kinds = {block["type"] for block in sent}
    assert ("audio" in kinds) == (revision >= "2025-03-26")
    assert ("resource_link" in kinds) == (revision >= "2025-06-18")
    assert ("lastModified" in sent[-1]["annotations"]) == (revision >= "2025-06-18")
    assert len(sent) == len(EVERY)
    words = [block["text"] for block in sent if block["type"] == "text"]
    assert ("T: https://example.org/%20?q#f" in words) == (revision < "2025-06-18")
    assert ("[a sound, audio/wav, which MCP 2024-11-05 has no place for]" in words) == (revision < "2025-03-26")


def test_what_stands_for_a_block_keeps_its_annotations() -> None:
    """Whom it is for doesn't depend on its form."""
    (stand_in,) = suited([{**LINK, "annotations": {"audience": ["user"]}}], "2024-11-05")
    assert stand_in["annotations"] == {"audience": ["user"]}


@given(st.binary(max_size=40))
def test_base64_is_what_encoding_makes(data: bytes) -> None:
    """And nothing that merely decodes: other alphabets, spare bits, missing padding, line breaks."""
    text = base64.b64encode(data).decode()
    assert is_base64(text)
    assert not data or not is_base64(text[:-1])
    assert not is_base64(text + "\n")


@pytest.mark.parametrize("text", ["YR==", "YQ", "_-==", "Y Q=", "=", "é"])
def test_other_base64_is_refused(text: str) -> None:
    """The first has bits to spare."""
    assert not is_base64(text)


@pytest.mark.parametrize(
    ("uri", "proper"),
    [
        ("https://example.org", True),
        ("https://u:p@[::1]:80/a;b/c@d?q=/?#f/?", True),
        ("urn:isbn:123", True),
        ("file:///a", True),
        ("x:", True),
        ("data:,a%20b", True),
        ("", False),
        ("a b:c", False),
        ("http://a b", False),
        ("http://é", False),
        ("http://a:b", False),
        ("x:%2", False),
        ("x:[1]", False),
        ("x:#a#b", False),
        ("//example.org", False),
        ("x:a\n", False),
    ],
)
def test_uris(uri: str, proper: bool) -> None:
    """Absolute ones, with nothing that has to be escaped."""
    assert is_uri(uri) is proper


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        ("image/svg+xml", True),
        ('text/plain; charset="utf-8"', True),
        ("a/b;c=d ; e=f", True),
        ("image", False),
        ("/png", False),
        ("image/png;", False),
        ("image/p ng", False),
        ("a/b\n", False),
    ],
)
def test_media_types(text: str, proper: bool) -> None:
    """Type, subtype, and perhaps parameters."""
    assert is_media_type(text) is proper


def test_formats_say_nothing_of_what_is_no_text() -> None:
    """That is the business of the type."""
    assert all(check(7) for check in (is_base64, is_uri, is_media_type))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "data", "uri", "annotations", "resource"]), inner)
    ),
)


@given(JSON | st.lists(st.sampled_from(EVERY).flatmap(lambda one: JSON.map(lambda value: {**one, "mimeType": value}))))
@example([{**IMAGE, "mimeType": "image/png"}])
def test_whatever_was_printed_can_be_sent_or_is_an_error(content: Any) -> None:
    """At any revision: the sender never meets a block that it can't write."""
    found = answer({"content": content})
    assert (found.error is None) == (problem(content) is None)
    for revision in ("2024-11-05", NEWEST):
        assert wire(found, revision)["content"] or content == []


def test_the_documented_blocks_are_proper() -> None:
    """What docs/plugin-contract.md shows can be sent."""
    page = (Path(__file__).parents[2] / "docs" / "plugin-contract.md").read_text(encoding="utf-8")
    shown = page.partition("## Content\n")[2].partition("```json\n")[2].partition("```")[0]
    assert problem(json.loads(shown)["content"]) is None
    assert "content" in contract.schema()["$defs"]


@pytest.mark.parametrize(
    ("revision", "kinds"),
    [
        ("2024-11-05", ["text", "image", "text", "resource", "text"]),
        ("2025-03-26", ["text", "image", "audio", "resource", "text"]),
    ],
)
def test_old_clients_get_the_demo_in_forms_that_they_know(revision: str, kinds: list[str]) -> None:
    """On the wire, by what the handshake agreed on."""
    pipe = Pipe().listen()
    try:
        shown = pipe.open(revision).ask(call(1, "demo_text__morse", {"text": "SOS"}))["result"]["content"]
    finally:
        pipe.stop()
    assert [block["type"] for block in shown] == kinds
    assert shown[-1]["text"].startswith("International Morse code: https://")
