"""Every message fits the schema of its revision, as far as our own description of the shapes tells."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.shapes import Problem, notification_definition, problems, result_definition
from smcp_conformance.traffic import OPAQUE, answered, messages, metas, notifications
from smcp_conformance.wire.transcript import Conversation, Frame

FROM_CLIENTS = {"notifications/initialized", "notifications/roots/list_changed"}
CURSORS = "server/utilities/pagination::next_cursors_are_strings"
KEPT = 5_000
ISO_8601 = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?\Z")
_judged: dict[bytes, tuple[Problem, ...]] = {}


def judged(revision: str, definition: str, value: Any, *, formats: bool = False) -> tuple[Problem, ...]:
    """The problems of a value, found once for each that differs: most messages of a run are the same."""
    text = json.dumps([revision, definition, formats, value], sort_keys=True)
    key = hashlib.blake2b(text.encode(), digest_size=16).digest()
    if key not in _judged:
        if len(_judged) >= KEPT:
            _judged.clear()
        _judged[key] = problems(revision, definition, value, formats=formats)
    return _judged[key]


def typed(conversation: Conversation) -> Iterator[tuple[Frame, str, Any]]:
    """The results of known methods: frame, name of the definition, result."""
    for frame, response, request in answered(conversation):
        definition = result_definition(conversation.revision, str(request["method"]), response["result"])
        if definition is not None:
            yield frame, definition, response["result"]


def complaint(found: tuple[Problem, ...], definition: str, revision: str, also: str = "") -> str | None:
    """The first of some problems as a complaint; `also` names the check that says the same."""
    same = f" (what {also} complains of, too)" if also else ""
    return f"got {found[0]}, must be a valid {definition} of {revision}{same}" if found else None


def is_null(problem: Problem) -> bool:
    """Tell whether a null is what is wrong."""
    return problem.message.startswith("null ")


@monitor("schema.results-validate")
def every_result_fits_its_type(conversation: Conversation) -> Iterator[Observation]:
    """Each result is valid under the definition that its method has in the revision."""
    revision = conversation.revision
    for frame, definition, result in typed(conversation) if revision else ():
        found = judged(revision, definition, result)
        also = f"schema::{optional_members_are_never_null.__name__}" if found and is_null(found[0]) else ""
        yield Observation(frame, complaint(found, definition, revision, also))


@monitor("schema.notifications-validate")
def every_notification_fits_its_type(conversation: Conversation) -> Iterator[Observation]:
    """Each notification that the revision knows is valid under its definition, and one that servers may send."""
    revision = conversation.revision
    for frame, message in notifications(conversation) if revision else ():
        definition = notification_definition(revision, message["method"])
        if message["method"] in FROM_CLIENTS:
            yield Observation(frame, f"got {message['method']}, must be a notification that servers send")
        elif definition is not None:
            found = judged(revision, definition, dict(message))
            yield Observation(frame, complaint(found, definition, revision))


@monitor("schema.optional-not-null")
def optional_members_are_never_null(conversation: Conversation) -> Iterator[Observation]:
    """No member of a result is null where the definition knows a type for it: what is missing is left out."""
    revision = conversation.revision
    for frame, definition, result in typed(conversation) if revision else ():
        nulls = tuple(filter(is_null, judged(revision, definition, result)))
        also = CURSORS if nulls and nulls[0].pointer == "/nextCursor" else ""
        yield Observation(frame, complaint(nulls, definition, revision, also))


@monitor("schema.meta-is-object")
def every_meta_is_an_object(conversation: Conversation) -> Iterator[Observation]:
    """Each `_meta` in what the server writes is an object."""
    for frame, message in messages(conversation):
        for meta in metas(dict(message)):
            wrong = None if isinstance(meta, dict) else f"got {json.dumps(meta)[:80]} as _meta, must be an object"
            yield Observation(frame, wrong)


@monitor("schema.dates-iso8601")
def modification_dates_are_iso_8601(conversation: Conversation) -> Iterator[Observation]:
    """Each `lastModified` of annotations in a result is a date, or a date and time, as ISO 8601 writes them."""
    for frame, _, result in typed(conversation) if conversation.revision else ():
        for date in dates(result):
            fine = isinstance(date, str) and ISO_8601.match(date)
            yield Observation(frame, None if fine else f"got lastModified {json.dumps(date)[:80]}, must be ISO 8601")


def dates(value: Any) -> Iterator[Any]:
    """Every `lastModified` of annotations in a result, at any depth where MCP decides what a member means."""
    for item in value if isinstance(value, list) else ():
        yield from dates(item)
    for name, member in value.items() if isinstance(value, dict) else ():
        if name == "annotations" and isinstance(member, dict) and "lastModified" in member:
            yield member["lastModified"]
        elif name not in OPAQUE:
            yield from dates(member)


@monitor("schema.uri-format")
def every_uri_is_one(conversation: Conversation) -> Iterator[Observation]:
    """Each member that the schema calls a URI or a URI template is one."""
    yield from formatted(conversation, ('"uri"', '"uriTemplate"'), ("(RFC 3986)", "(RFC 6570)"))


@monitor("schema.base64-format")
def all_binary_data_is_base64(conversation: Conversation) -> Iterator[Observation]:
    """Each member that the schema calls bytes is strict Base64."""
    yield from formatted(conversation, ('"data"', '"blob"'), ("(RFC 4648)",))


def formatted(conversation: Conversation, members: tuple[str, ...], endings: tuple[str, ...]) -> Iterator[Observation]:
    """What is wrong with the formats of results that have one of `members`; `endings` tell the complaints meant."""
    revision = conversation.revision
    for frame, definition, result in typed(conversation) if revision else ():
        if any(member in frame.text for member in members):
            found = judged(revision, definition, result, formats=True)
            unfit = tuple(each for each in found if each.message.endswith(endings))
            yield Observation(frame, complaint(unfit, definition, revision))
