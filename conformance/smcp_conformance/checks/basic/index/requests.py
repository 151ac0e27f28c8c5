"""Requests that can't be served: no JSON, no request, no such method, no such parameters."""

from __future__ import annotations

from typing import Any

from smcp_conformance.codes import HEADER_MISMATCH, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR
from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import Reaction, Reply, brief
from smcp_conformance.requirement import Breach, check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.wire.errors import NoAnswer

BROKEN = b'{"jsonrpc": "2.0", "id": 77, "method"'
UNKNOWN = ("conformance/no-such-method", "tools/lists", "Ping", "tools", "$/cancelRequest")
INCOMPLETE = (
    ("tools", "tools/call"),
    ("prompts", "prompts/get"),
    ("resources", "resources/read"),
    ("completions", "completion/complete"),
)


def served(reaction: Reaction) -> bool:
    """Tell whether a result came back."""
    return any("result" in message for frame in reaction.answers for message in frame.messages)


def refused_by_status(reaction: Reaction) -> bool:
    """Tell whether an HTTP status alone refused: such a response may have a JSON-RPC error in it, or none."""
    return not reaction.answers and reaction.status in range(400, 500)


def spoilt(session: Session, **changes: Any) -> dict[str, Any]:
    """A harmless request with some members changed; None takes one out."""
    message = {**session.message(session.ping_method), **changes}
    return {name: value for name, value in message.items() if value is not None}


def for_headers(session: Session) -> tuple[int, ...]:
    """The code that a message may also get whose spoilt members its HTTP headers have to repeat."""
    return (HEADER_MISMATCH,) if session.stateless and session.transport.name == "http" else ()


@check("jsonrpc.method-not-found")
def unknown_method_is_refused(session: Session) -> None:
    """Calls methods that no revision knows; each answer must be the error -32601."""
    for method in UNKNOWN:
        reply = session.request(method)
        assert reply.code == METHOD_NOT_FOUND, (
            f"got {reply} for {method!r}, must be the error -32601 (Method not found)"
        )


@check("jsonrpc.parse-error")
def broken_json_is_answered_with_a_parse_error(fresh: Session) -> None:
    """Sends half a JSON object; the answer must be the error -32700, or on stdio at least no harm."""
    reaction = fresh.provoke(BROKEN)
    fine = reaction.code == PARSE_ERROR or refused_by_status(reaction)
    assert fine, f"got {reaction}, must be the error -32700 (Parse error)"


@check("jsonrpc.internal-error", silence=True)
def broken_input_does_not_stop_the_server(fresh: Session) -> None:
    """Sends half a JSON object, then a number, then a harmless request; the latter must be served as ever."""
    fresh.provoke(BROKEN)
    fresh.provoke(b"42")
    reply = fresh.ping()
    assert reply.succeeded, f"got {reply} after broken input, must be a result"


@check("jsonrpc.error.id-member-shape")
def an_unreadable_id_is_null_or_left_out(fresh: Session) -> None:
    """Sends half a JSON object; the error's id, if any, must be null, a string or an integer."""
    reaction = fresh.provoke(BROKEN)
    if not reaction.error:
        not_verified("no error came for input that is not JSON")
    id = reaction.answers[0].message.get("id", "")
    assert type(id) in (str, int, type(None)), f"got the id {brief(id)}, must be absent, null, a string or an integer"


@check("jsonrpc.error.id-when-readable")
def an_error_carries_the_id_of_its_request(fresh: Session) -> None:
    """Calls an unknown method; the error must have the id of the call."""
    message = fresh.message("conformance/no-such-method", id=f"readable {fresh.next_id()}")
    reaction = fresh.provoke(message, malformed=False)
    ids = [frame.message.get("id") for frame in reaction.answers]
    assert ids == [message["id"]], f"got {reaction}, must be an error with the id {message['id']!r}"


@check("jsonrpc.invalid-request")
def message_without_jsonrpc_member_is_refused(fresh: Session) -> None:
    """Sends a harmless request that lacks `jsonrpc`; the answer must be the error -32600 and never a result."""
    refuse(fresh, spoilt(fresh, jsonrpc=None), INVALID_REQUEST, INVALID_PARAMS)


@check("jsonrpc.invalid-request")
def message_with_a_numeric_method_is_refused(fresh: Session) -> None:
    """Sends a request whose `method` is a number; the answer must be the error -32600."""
    refuse(fresh, spoilt(fresh, method=7), INVALID_REQUEST, INVALID_PARAMS)


@check("jsonrpc.invalid-request", silence=True)
def malformed_request_is_answered(fresh: Session) -> None:
    """Sends a request without `jsonrpc`, but with an id that can be read; there must be an answer, whatever it is."""
    reaction = fresh.provoke(spoilt(fresh, jsonrpc=None))
    assert reaction.answers or reaction.status, f"got {reaction}, must be the error -32600 (Invalid Request)"


@check("jsonrpc.invalid-request")
def request_with_an_unreadable_id_is_refused(fresh: Session) -> None:
    """Sends a harmless request whose id is an object; the answer must be the error -32600."""
    reaction = fresh.provoke(spoilt(fresh, id={"no": "id"}))
    refused = reaction.code in (INVALID_REQUEST, INVALID_PARAMS)
    assert refused or refused_by_status(reaction), f"got {reaction}, must be the error -32600 (Invalid Request)"


def refuse(session: Session, message: dict[str, Any], *codes: int) -> None:
    """Assert that `message` is refused with one of `codes`; that there is an answer at all is seen elsewhere."""
    reaction = session.provoke(message)
    if not reaction.answers and reaction.status is None:
        not_verified("the message was ignored, so there is no code to judge")
    fine = reaction.code in (*codes, *for_headers(session)) or refused_by_status(reaction)
    assert fine, f"got {reaction}, must be the error {codes[0]}"


@check("jsonrpc.request.null-id-rejected")
def request_with_id_null_is_not_served(fresh: Session) -> None:
    """Sends a harmless request whose id is null; there must be no result."""
    reaction = fresh.provoke({**fresh.message(fresh.ping_method), "id": None})
    assert not served(reaction), f"got {reaction}, must be an error, or nothing on stdio"


@check("jsonrpc.invalid-params")
def params_that_are_no_object_are_refused(fresh: Session) -> None:
    """Sends a harmless request with an array for `params`; the answer must be -32602, or -32600 for the whole."""
    refuse(fresh, spoilt(fresh, params=["not", "an", "object"]), INVALID_PARAMS, INVALID_REQUEST)


@check("jsonrpc.invalid-params", "jsonrpc.internal-error")
def missing_parameters_are_refused(leg: Leg) -> None:
    """Sends the requests of declared capabilities without the parameters they need; each must get -32602.

    Over HTTP at 2026-07-28 such a request has no name for its headers either, so -32020 will do.
    """
    methods = [method for capability, method in INCOMPLETE if leg.offer.declares(capability)]
    if not methods:
        not_applicable("no capability is declared whose methods need parameters")
    leg.session.ping()  # from here on silence means something
    for method in methods:
        reply = _answer(leg.session, method)
        codes = (INVALID_PARAMS, *for_headers(leg.session))
        assert reply.code in codes, f"got {reply} for {method}, must be the error -32602 (Invalid params)"


def _answer(session: Session, method: str) -> Reply:
    """The answer to a request without parameters; while others are answered, none is as bad as a wrong one."""
    try:
        return session.request(method)
    except NoAnswer as silence:
        session.ping()
        raise Breach(f"got {silence}, while a later request was; must be an error", "jsonrpc.internal-error") from None


@check("jsonrpc.extra-members-tolerated", "meta.unknown-keys-tolerated")
def unknown_members_are_ignored(leg: Leg) -> None:
    """Adds an unknown member to the params and a vendor's key to `_meta` of a list request; it must be served."""
    methods = list_methods(leg.offer)
    params = {"conformanceUnknown": {"deep": [1, None]}}
    for method in methods or [leg.session.ping_method]:
        reply = leg.session.request(method, params, meta={"com.example/conformance": [1, None]})
        assert reply.succeeded, f"got {reply} for {method}, must be a result"
