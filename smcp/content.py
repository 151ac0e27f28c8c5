"""Content blocks: what a command shows besides its result, such as pictures, sounds and links.

A command that is described with `"content": true` prints them as the member `content`. They are held to the contract's
schema file before they are sent, with its formats asserted, and to what the client's revision knows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from smcp import contract

Block = Mapping[str, Any]

FORMATS = FormatChecker(formats=())
"""The formats that blocks have, none of which JSON Schema asserts by itself."""

_FORMS = {"base64": "be Base64", "uri": "be an absolute URI", "media-type": "be a media type, as image/png is"}

# What is sent of a block: members that the contract doesn't name mean nothing to it.
_MEMBERS = {
    "text": ("text",),
    "image": ("data", "mimeType"),
    "audio": ("data", "mimeType"),
    "resource": ("resource",),
    "resource_link": ("uri", "name", "title", "description", "mimeType", "size"),
}
_RESOURCE = ("uri", "mimeType", "text", "blob")
_ANNOTATIONS = ("audience", "priority", "lastModified")

_AUDIO_SINCE = "2025-03-26"
_LINKS_AND_DATES_SINCE = "2025-06-18"

_PLAIN = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_SIGN = rf"(?:{_PLAIN}|[:@])"
_AUTHORITY = rf"(?:(?:{_PLAIN}|:)*@)?(?:\[[0-9A-Fa-fv:.]+\]|{_PLAIN}*)(?::[0-9]*)?"
_PATH = rf"(?://{_AUTHORITY}(?:/{_SIGN}*)*|/?(?:{_SIGN}+(?:/{_SIGN}*)*)?)"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_PATH}(?:\?(?:{_SIGN}|[/?])*)?(?:#(?:{_SIGN}|[/?])*)?")
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]+"
_MEDIA_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(?:\s*;\s*{_TOKEN}=(?:{_TOKEN}|"[^"\\\x00-\x1f]*"))*')


def parted(described: Mapping[str, Any], printed: Any) -> tuple[Any, Any]:
    """Part what a command printed into its content and the rest, which `result` describes.

    The content is None if there is none, or none is described.
    """
    if described.get("content") is not True or not isinstance(printed, dict):
        return None, printed
    return printed.get("content"), {name: value for name, value in printed.items() if name != "content"}


def problem(content: Any) -> str | None:
    """Say what is wrong with content first of all, by its address and without showing it; None if nothing is."""
    return next((_worded(error) for error in _validator().iter_errors(content)), None)


def suited(blocks: Sequence[Block], revision: str) -> Iterator[Block]:
    """Yield valid blocks as clients of a revision know them: what has no form there is told in words."""
    for block in blocks:
        kind = block["type"]
        if kind == "audio" and revision < _AUDIO_SINCE:
            yield _told(block, f"[a sound, {block['mimeType']}, which MCP {revision} has no place for]", revision)
        elif kind == "resource_link" and revision < _LINKS_AND_DATES_SINCE:
            yield _told(block, f"{block.get('title') or block['name']}: {block['uri']}", revision)
        else:
            yield _named(block, revision)


def _told(block: Block, words: str, revision: str) -> Block:
    return _named({**block, "type": "text", "text": words}, revision)


def _named(block: Block, revision: str) -> Block:
    """A block with those members alone that mean something."""
    sent = {"type": block["type"], **_picked(block, _MEMBERS[block["type"]])}
    if "resource" in sent:
        sent["resource"] = _picked(sent["resource"], _RESOURCE)
    if "annotations" in block:
        dated = revision >= _LINKS_AND_DATES_SINCE
        sent["annotations"] = _picked(block["annotations"], _ANNOTATIONS if dated else _ANNOTATIONS[:2])
    return sent


def _picked(members: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: members[name] for name in names if name in members}


@cache
def _validator() -> Draft202012Validator:
    schema = contract.schema()
    return Draft202012Validator({"$ref": "#/$defs/content", "$defs": schema["$defs"]}, format_checker=FORMATS)


def _worded(error: ValidationError) -> str:
    return f"{contract.address(['content', *error.absolute_path])} must {_demand(error)}"


def _demand(error: ValidationError) -> str:
    demanded: Any = error.validator_value
    if error.validator == "required":
        return f"have {' and '.join(demanded)}"
    if error.validator == "oneOf":
        return "have either text or blob"
    return _FORMS[demanded] if error.validator == "format" else contract.demand(error)


@FORMATS.checks("base64")
def is_base64(value: object) -> bool:
    """Tell whether a string is Base64 in its one proper form: standard alphabet, padding, no bits to spare."""
    if not isinstance(value, str):
        return True
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode("ascii") == value
    except ValueError:
        return False


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Tell whether a string is an absolute URI (RFC 3986); other values pass."""
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


@FORMATS.checks("media-type")
def is_media_type(value: object) -> bool:
    """Tell whether a string is a media type (RFC 9110, section 8.3.1); other values pass."""
    return not isinstance(value, str) or _MEDIA_TYPE.fullmatch(value) is not None
