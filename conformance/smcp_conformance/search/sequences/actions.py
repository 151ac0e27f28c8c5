"""What clients do, one function per action: send what it is about, and see that each request is answered.

What a server does with requests that precede the handshake, with garbage and with what was cancelled is its own
business as long as it goes on; all the rest it owes an answer, be it an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from smcp_conformance.reply import HandshakeRefused, Pending
from smcp_conformance.search.sequences.client import Client
from smcp_conformance.search.sequences.lists import compare
from smcp_conformance.search.sequences.step import Step
from smcp_conformance.search.sequences.violation import DISCOVERY, Broken, Violation
from smcp_conformance.toolbox import patience
from smcp_conformance.wire.errors import Died, Flooded, NoAnswer, TooLarge, Unreachable, WireError
from smcp_conformance.wire.exchange import HttpExchange
from smcp_conformance.wire.parameters import parameter_headers

if TYPE_CHECKING:
    from smcp_conformance.search.sequences.stage import Stage

SENDING = 0.05  # seconds in which a request must be on its way, for to cut one short is something else
UNKNOWN = "conformance/no-such-method"
UNKNOWN_TOOL = "conformance-no-such-tool"
GARBAGE = b'{"jsonrpc": "2.0", "id": 1, "method": '
"""Half a message, as a client leaves it that dies while it writes."""


class Action(NamedTuple):
    """`take` takes a step; `fits` tells whether it makes sense for the client as it is."""

    take: Callable[[Stage, Step, Client], None]
    fits: Callable[[Stage, Step, Client], bool] = lambda stage, step, client: client.ready


def initialize(stage: Stage, step: Step, client: Client) -> None:
    """Do the handshake, or discover in the era that has none."""
    if client.session.stateless:
        reply = client.ask("server/discover")
        if reply is not None and not reply.succeeded:
            raise Broken(Violation(DISCOVERY, str(reply), "a result, as before"))
        return
    try:
        client.session.shake_hands()
        client.ready = True
    except (Flooded, TooLarge):
        client.gone = True
    except (HandshakeRefused, WireError) as failing:
        client.gone = True
        if not client.early:
            stage.refused(client, str(failing), isinstance(failing, NoAnswer))


def early(stage: Stage, step: Step, client: Client) -> None:
    """Ask for a list before the handshake: whatever the server does is right, if it only does something."""
    client.early = client.session.conversation.malformed = True
    try:
        client.session.request(str(step.details["method"]))
    except (Died, NoAnswer, Unreachable, Flooded, TooLarge):
        client.gone = stage.reluctant = True


def ping(stage: Stage, step: Step, client: Client) -> None:
    """The most harmless request; before the handshake it may go unanswered."""
    if client.ready:
        client.barrier()
        return
    try:
        client.session.ping()
    except WireError:
        client.gone = True


def list_(stage: Stage, step: Step, client: Client) -> None:
    """Ask for a list, all pages of it, and compare it with what it held before."""
    compare(stage, client, stage.plan.kept_list(step.details["method"]))


def call(stage: Stage, step: Step, client: Client) -> None:
    """Call a tool with valid arguments; with those that were answered before, silence is a fault."""
    known = dict(stage.plan.tool(step.details["tool"]).arguments) == step.details["arguments"]
    _called(stage, step, client, known)


def _has_time(stage: Stage, step: Step, client: Client) -> bool:
    """Tell whether a call may be made: none with arguments that may take long, once some did."""
    known = dict(stage.plan.tool(step.details["tool"]).arguments) == step.details["arguments"]
    return client.ready and (known or not stage.hurried)


def call_invalid(stage: Stage, step: Step, client: Client) -> None:
    """Call a tool with arguments that its schema forbids: any answer is right."""
    _called(stage, step, client, False)


def _called(stage: Stage, step: Step, client: Client, owed: bool) -> None:
    pending = _start_call(stage, step, client)
    if owed:
        client.answer(pending, patience(client.session))
        return
    try:
        pending.wait()
    except Died:
        client.answer(pending)
    except (NoAnswer, Unreachable, TooLarge):
        client.gone = stage.hurried = True  # with such arguments it may well be busy for hours


def _start_call(stage: Stage, step: Step, client: Client) -> Pending:
    offered = stage.plan.tool(step.details["tool"])
    stage.touched = stage.touched or not offered.reads_only
    arguments = step.details["arguments"]
    headers = parameter_headers(offered.tool, arguments)
    return client.begin("tools/call", {"name": offered.name, "arguments": arguments}, headers=headers)


def cancel(stage: Stage, step: Step, client: Client) -> None:
    """Send a request (a call, or for a list) and cancel it at once; an answer may come or not."""
    _cancel(client, _request(stage, step, client))


def _request(stage: Stage, step: Step, client: Client) -> Pending:
    return _start_call(stage, step, client) if "tool" in step.details else client.begin(str(step.details["method"]))


def _cancel(client: Client, pending: Pending) -> None:
    """Say that the answer isn't wanted any more, in the way of the era: over HTTP by hanging up."""
    exchange = pending.frame.facts.get("exchange")
    try:
        if client.session.stateless and isinstance(exchange, HttpExchange):
            exchange.opened.wait(SENDING)
            exchange.abort()
        else:
            client.session.notify("notifications/cancelled", {"requestId": pending.id})
    except WireError:
        client.barrier()  # which tells how the server has ended


def together(stage: Stage, step: Step, client: Client) -> None:
    """Send a request and, before it is answered, a second one; each must get its own answer."""
    first = _request(stage, step, client)
    second = client.begin(str(step.details["with"]))
    for pending in (first, second):
        client.answer(pending, patience(client.session))


def set_level(stage: Stage, step: Step, client: Client) -> None:
    """Set the level of log messages."""
    client.ask("logging/setLevel", {"level": step.details["level"]})


def subscribe(stage: Stage, step: Step, client: Client) -> None:
    """Subscribe to a resource."""
    client.ask("resources/subscribe", {"uri": step.details["uri"]})


def unsubscribe(stage: Stage, step: Step, client: Client) -> None:
    """End the subscription to a resource, be there one or not."""
    client.ask("resources/unsubscribe", {"uri": step.details["uri"]})


def listen(stage: Stage, step: Step, client: Client) -> None:
    """Open a stream of changes; it stays open."""
    client.streams.append(client.begin("subscriptions/listen", {"notifications": stage.plan.listens}))


def hang_up(stage: Stage, step: Step, client: Client) -> None:
    """End the stream of changes that was opened last."""
    _cancel(client, client.streams.pop())


def unknown_method(stage: Stage, step: Step, client: Client) -> None:
    """Ask for a method that no server has."""
    client.ask(UNKNOWN)


def unknown_tool(stage: Stage, step: Step, client: Client) -> None:
    """Call a tool that the server has not listed."""
    client.ask("tools/call", {"name": UNKNOWN_TOOL, "arguments": {}})


def _fresh(stage: Stage, step: Step, client: Client) -> bool:
    return not (client.ready or stage.reluctant or client.session.stateless)


CONNECTING = frozenset(("reconnect", "garbage"))
"""What needs no client that is there: the stage does it by itself."""

ACTIONS: dict[str, Action] = {
    "initialize": Action(initialize, lambda stage, step, client: not client.ready or client.session.stateless),
    "early": Action(early, _fresh),
    "ping": Action(ping, lambda stage, step, client: True),
    "list": Action(list_),
    "call": Action(call, _has_time),
    "call invalid": Action(call_invalid, _has_time),
    "cancel": Action(cancel),
    "together": Action(together),
    "set level": Action(set_level),
    "subscribe": Action(subscribe),
    "unsubscribe": Action(unsubscribe),
    "listen": Action(listen),
    "hang up": Action(hang_up, lambda stage, step, client: bool(client.streams)),
    "unknown method": Action(unknown_method),
    "unknown tool": Action(unknown_tool),
}
