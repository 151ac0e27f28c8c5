"""Params of the wrong type: whatever is read out of them, nothing may break on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.basic.index.requests import INCOMPLETE
from smcp_conformance.leg import Leg
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import encode
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session

ARRAY = ["conformance"]
SCALARS = ("conformance", 7, True)


def takers(leg: Leg) -> list[str]:
    """The methods of declared capabilities that take params, and can't do anything without them."""
    return [method for capability, method in INCOMPLETE if leg.offer.declares(capability)]


def misshapen(leg: Leg) -> Iterator[tuple[str, Any]]:
    """Methods with params of a type that none may have: an array for each that is declared, for one of them scalars."""
    methods = list_methods(leg.offer) + takers(leg)
    yield from ((method, ARRAY) for method in (leg.session.ping_method, *methods))
    yield from ((methods[-1] if methods else leg.session.ping_method, scalar) for scalar in SCALARS)


def put_to(session: Session, message: dict[str, Any]) -> bool:
    """Send what nobody may send, and tell whether a harmless request is still served; raises `WireError`."""
    if session.transport.name == "http":
        session.provoke(message)
    else:
        session.send_malformed(encode(message))
    return session.ping().succeeded


def tells_error(result: object) -> bool:
    """Tell whether a result says by itself that the call failed."""
    return isinstance(result, dict) and result.get("isError") is True


@check("jsonrpc.internal-error", silence=True)
def params_of_the_wrong_type_do_not_stop_the_server(leg: Leg) -> None:
    """Sends an array as the params of each declared method, and scalars; after each a harmless request is served."""
    with leg.fresh() as session:
        session.ping()
        for method, params in misshapen(leg):
            lives = put_to(session, {**session.message(method), "params": params})
            assert lives, f"got an error to a harmless request after {method} with params {params}, must be a result"


@check("jsonrpc.invalid-params")
def requests_with_an_array_for_params_are_not_served(leg: Leg) -> None:
    """Sends an array as the params of methods that need named ones; each answer must be an error."""
    for method in takers(leg) or not_applicable("no capability is declared whose methods need parameters"):
        with leg.fresh() as session:
            reaction = session.provoke({**session.message(method), "params": ARRAY})
        if not reaction.answers and reaction.status is None:
            not_verified("the message was ignored, so there is no answer to judge")
        found = [message.get("result") for frame in reaction.answers for message in frame.messages]
        refused = all(result is None or tells_error(result) for result in found)
        assert refused, f"got {reaction} for {method} with params {ARRAY}, must be an error"
