"""Faults of subscriptions/listen (basic/patterns/subscriptions)."""

from __future__ import annotations

from typing import Any

from mutants import revisions
from mutants.faults import fault, override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json

STATELESS = revisions.STATELESS


def _listen(machine: Machine, name: str, replacement: Any) -> None:
    override(machine.server.subscriptions, name, replacement)


@fault(
    "subscription-not-acknowledged",
    breaks=("subscriptions.ack-sent", "subscriptions.ack-first"),
    summary="subscriptions are not acknowledged",
    revisions=STATELESS,
)
def subscription_not_acknowledged(machine: Machine) -> None:
    _listen(
        machine,
        "notify",
        lambda notify, call, method, params: None if "acknowledged" in method else notify(call, method, params),
    )


@fault(
    "subscription-id-missing",
    breaks=("subscriptions.ack-id", "subscriptions.id-on-every-notification"),
    summary="notifications of a subscription don't say so",
    revisions=STATELESS,
)
def subscription_id_missing(machine: Machine) -> None:
    _listen(machine, "notify", lambda notify, call, method, params: call.notify(method, params))


@fault(
    "subscription-id-invented",
    breaks=("subscriptions.id-equals-request-id",),
    summary="the subscription id is not the request's",
    revisions=STATELESS,
)
def subscription_id_invented(machine: Machine) -> None:
    meta = {revisions.SUBSCRIPTION_KEY: "subscription-1"}
    _listen(machine, "notify", lambda notify, call, method, params: call.notify(method, {**params, "_meta": meta}))


@fault(
    "subscription-grants-more",
    breaks=("subscriptions.ack-subset",),
    summary="more is acknowledged than was asked for",
    revisions=STATELESS,
)
def subscription_grants_more(machine: Machine) -> None:
    _listen(
        machine,
        "granted",
        lambda granted, asked: {**granted(asked), "toolsListChanged": True, "promptsListChanged": True},
    )


@fault(
    "subscription-grants-nothing",
    breaks=("subscriptions.ack-honours-supported",),
    summary="nothing of what is declared is acknowledged",
    revisions=STATELESS,
)
def subscription_grants_nothing(machine: Machine) -> None:
    _listen(machine, "granted", lambda granted, asked: {})


@fault(
    "subscription-answered-at-once",
    breaks=("subscriptions.stays-open",),
    summary="a subscription ends right after its acknowledgment",
    revisions=STATELESS,
)
def subscription_answered_at_once(machine: Machine) -> None:
    _listen(machine, "wait", lambda wait, call: None)


@fault(
    "subscription-without-filter",
    breaks=("subscriptions.filter-required",),
    summary="a subscription without a filter is accepted",
    revisions=STATELESS,
)
def subscription_without_filter(machine: Machine) -> None:
    def listen(original: Any, call: Call) -> Any:
        call.params = {"notifications": {}, **call.params}
        return original(call)

    _listen(machine, "listen", listen)


@fault(
    "subscription-hears-all-uris",
    breaks=("subscriptions.only-requested-uris", "subscriptions.only-requested-types"),
    summary="subscriptions hear of every resource",
    revisions=STATELESS,
)
def subscription_hears_all_uris(machine: Machine) -> None:
    _listen(machine, "wants", lambda wants, call, method, params: True)


@fault(
    "subscription-blocks",
    breaks=("subscriptions.other-requests-served",),
    transport="stdio",
    summary="nothing else is served while a subscription is open",
    revisions=STATELESS,
)
def subscription_blocks(machine: Machine) -> None:
    def background(original: Any, message: Json) -> None:
        if message["method"] == "subscriptions/listen":
            override(machine.stdio, "message", lambda original, received: None)
        original(message)

    override(machine.stdio, "background", background)


@fault(
    "subscription-not-cancellable",
    breaks=("subscriptions.client-cancel", "cancellation.no-further-messages"),
    summary="a cancelled subscription goes on",
    revisions=STATELESS,
)
def subscription_not_cancellable(machine: Machine) -> None:
    def wait(original: Any, call: Call) -> None:
        while not machine.server.stopping.wait(0.05) and not call.session.closed:
            call.cancelled.clear()

    _listen(machine, "wait", wait)


@fault(
    "teardown-silent",
    breaks=("cancellation.server-teardown",),
    transport="stdio",
    summary="open subscriptions are not told of the end",
    revisions=STATELESS,
)
def teardown_silent(machine: Machine) -> None:
    override(machine.stdio, "ended", lambda ended: machine.stdio.session.close())
