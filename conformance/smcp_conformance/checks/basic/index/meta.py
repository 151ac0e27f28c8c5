"""`_meta`: what each request of 2026-07-28 needs in it, what a server makes of the rest, and the names of its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from smcp_conformance.baseline import served
from smcp_conformance.checks.basic.index.stateless import lasting
from smcp_conformance.codes import HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION
from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import Reaction, brief
from smcp_conformance.requirement import Observation, check, monitor
from smcp_conformance.revisions import HANDSHAKE_REVISIONS
from smcp_conformance.session import Session
from smcp_conformance.speaker import META
from smcp_conformance.traffic import messages, metas
from smcp_conformance.wire.transcript import Conversation

VERSION, CLIENT, CAPABILITIES = META + "protocolVersion", META + "clientInfo", META + "clientCapabilities"
LABEL = "[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
KEY = re.compile(rf"(?:{LABEL}(?:\.{LABEL})*/)?(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?\Z")
BARE: tuple[dict[str, Any], ...] = ({"params": {"_meta": {}}}, {"params": {}}, {})
NAMES = ("claude-code", "probe", "")
DEFINED = {"serverInfo", "subscriptionId", "related-task", "model-immediate-response", "protocolVersion", "logLevel"}
OWNERS = {"modelcontextprotocol", "mcp"}


def discovery(session: Session, meta: object, **more: Any) -> dict[str, Any]:
    """A discovery with this `_meta`, whatever it is."""
    return {**session.message("server/discover"), "params": {"_meta": meta}, **more}


def without(session: Session, key: str) -> dict[str, Any]:
    """The metadata of an ordinary request but for one key."""
    return {name: value for name, value in session.meta().items() if name != key}


def rejected(leg: Leg, session: Session, message: object, *codes: int) -> Reaction | None:
    """How a server reacts to a request that names no proper version, unless that is right.

    Besides -32602 it may be, over HTTP, -32020, because the version header then has nothing to match, and any error of
    a server that speaks the handshake era too and takes the request for one before `initialize`.
    """
    reaction = session.provoke(message)
    headers = (HEADER_MISMATCH,) if leg.offer.transport == "http" else ()
    if reaction.code in (INVALID_PARAMS, *headers, *codes) or (reaction.error and shakes_hands(leg)):
        return None
    return reaction


def shakes_hands(leg: Leg) -> bool:
    """Tell whether the server also speaks the handshake era."""
    return leg.offer.dual_era or leg.initialize(HANDSHAKE_REVISIONS[-1]).succeeded


@check("meta.missing-protocol-version")
def request_without_a_version_is_refused(leg: Leg) -> None:
    """Discovers without the key protocolVersion in `_meta`; the answer must be the error -32602."""
    with leg.fresh() as session:
        wrong = rejected(leg, session, discovery(session, without(session, VERSION)))
    assert wrong is None, f"got {wrong}, must be the error -32602 (Invalid params)"


@check("meta.missing-entirely")
def request_without_metadata_is_refused(leg: Leg) -> None:
    """Discovers with an empty `_meta`, with empty params and without params; each answer must be the error -32602."""
    with leg.fresh() as session:
        for members in BARE:
            bare = {"jsonrpc": "2.0", "id": session.next_id(), "method": "server/discover", **members}
            wrong = rejected(leg, session, bare)
            assert wrong is None, f"got {wrong} with {brief(members)}, must be the error -32602 (Invalid params)"


@check("meta.missing-client-capabilities")
def request_without_client_capabilities_is_refused(fresh: Session) -> None:
    """Discovers without the key clientCapabilities in `_meta`; the answer must be the error -32602."""
    reaction = fresh.provoke(discovery(fresh, without(fresh, CAPABILITIES)))
    assert reaction.code == INVALID_PARAMS, f"got {reaction}, must be the error -32602 (Invalid params)"


@check("meta.required-field-types")
def metadata_of_the_wrong_type_is_refused(fresh: Session) -> None:
    """Discovers with an array for clientCapabilities; the answer must be the error -32602."""
    reaction = fresh.provoke(discovery(fresh, {**fresh.meta(), CAPABILITIES: ["sampling"]}))
    assert reaction.code == INVALID_PARAMS, f"got {reaction}, must be the error -32602 (Invalid params)"


@check("meta.required-field-types")
def version_of_the_wrong_type_is_refused(leg: Leg) -> None:
    """Discovers with a number for protocolVersion; the answer must be the error -32602, or -32022 for the version."""
    with leg.fresh() as session:
        meta = {**session.meta(), VERSION: 20260728}
        wrong = rejected(leg, session, discovery(session, meta), UNSUPPORTED_VERSION)
    assert wrong is None, f"got {wrong}, must be the error -32602 (Invalid params)"


@check("meta.client-info-optional")
def client_info_may_be_left_out(session: Session) -> None:
    """Discovers without the key clientInfo in `_meta`; there must be a result."""
    reaction = session.provoke(discovery(session, without(session, CLIENT)), malformed=False)
    results = [frame for frame in reaction.answers if "result" in frame.message]
    assert results, f"got {reaction}, must be a result"


@check("meta.client-info-no-behaviour")
def clients_are_all_treated_alike(leg: Leg) -> None:
    """Discovers and lists as clients of several names; the results must be the same each time."""
    methods = ("server/discover", *list_methods(leg.offer))
    for method in methods:
        served(leg.session, method)
        replies = [leg.session.request(method, meta={CLIENT: {"name": name, "version": "9.9"}}) for name in NAMES]
        first, *others = [lasting(reply.result) for reply in replies]
        different = [other for other in others if other != first]
        assert not different, f"got {brief(different)} for {method}, must be as for another client: {brief(first)}"


@check("meta.reserved-values-no-assumptions")
def undefined_key_under_a_reserved_prefix_is_ignored(session: Session) -> None:
    """Adds a key of MCP's own prefix that no revision defines, with an odd value; the request must be served."""
    reply = session.request(session.ping_method, meta={META + "conformance-test": [None, {"odd": -1.5}]})
    assert reply.succeeded, f"got {reply}, must be a result"


@monitor("meta.key-format")
def meta_keys_follow_the_grammar(conversation: Conversation) -> Iterator[Observation]:
    """Each key of each `_meta` is a name, with or without a prefix of labels and a slash."""
    for frame, message in messages(conversation):
        for meta in metas(dict(message)):
            wrong = next((key for key in meta if not KEY.match(key)), None) if isinstance(meta, dict) else None
            yield Observation(frame, None if wrong is None else f"got the _meta key {wrong!r}, must be [prefix/]name")


@monitor("meta.reserved-prefix")
def reserved_prefixes_are_left_to_mcp(conversation: Conversation) -> Iterator[Observation]:
    """No key of any `_meta` has a prefix reserved for MCP, but for the keys that MCP itself defines."""
    for frame, message in messages(conversation):
        for meta in metas(dict(message)):
            keys = [key for key in meta if _reserved(conversation.revision, key)] if isinstance(meta, dict) else []
            wrong = (
                f"got the _meta key {keys[0]!r}, must be a key with a prefix that is not reserved for MCP"
                if keys
                else None
            )
            yield Observation(frame, wrong)


def _reserved(revision: str, key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    labels = prefix.split(".")
    if not slash or (prefix + "/" == META and name in DEFINED):
        return False
    if revision == "2025-06-18":
        return any(label in OWNERS for label in labels[:-1])
    return len(labels) > 1 and labels[1] in OWNERS
