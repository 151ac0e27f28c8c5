"""Faults of lists that earlier requests bring out, and of subscriptions."""

from __future__ import annotations

from typing import Any

from mutants.faults import change_results, override
from mutants.machine import Machine
from mutants.sequences import sequential
from mutants.sequences.calling import ONCE, crash, on_request
from mutants.session import Call
from mutants.wire import Json, RpcError


def forget_after_error(machine: Machine) -> None:
    """List no tools once a request was refused."""
    errors: list[RpcError] = []

    def failure(original: Any, message: Any, error: RpcError) -> Any:
        errors.append(error)
        return original(message, error)

    override(machine.server, "failure", failure)
    change_results(machine, "tools/list", lambda result: {**result, "tools": []} if errors else result)


@sequential(
    "forgets-tools-after-error",
    breaks="tools.list-changed.sent",
    shortest=4,
    summary="once a request was refused, no tools are listed, and nobody is told",
)
def forgets_tools_after_error(machine: Machine) -> None:
    forget_after_error(machine)


@sequential(
    "forgets-tools-after-error-statelessly",
    breaks="tools.list.no-side-effects",
    shortest=3,
    summary="once a request was refused, no tools are listed",
    revision="2026-07-28",
)
def forgets_tools_after_error_statelessly(machine: Machine) -> None:
    forget_after_error(machine)


@sequential(
    "tools-change-after-call",
    breaks="tools.list-changed.sent",
    shortest=4,
    summary="a call hides the first tool, and nobody is told",
)
def tools_change_after_call(machine: Machine) -> None:
    called: list[str] = []
    on_request(machine, lambda call: called.append(call.method))
    change_results(
        machine,
        "tools/list",
        lambda result: {**result, "tools": result["tools"][1:]} if "tools/call" in called else result,
    )


@sequential(
    "list-without-member-after-unknown-tool",
    breaks="schema.results-validate",
    shortest=3,
    summary="after the call of an unknown tool the list lacks its member",
)
def list_without_member_after_unknown_tool(machine: Machine) -> None:
    unknown: list[str] = []

    def find(original: Any, name: str, revision: str) -> Any:
        try:
            return original(name, revision)
        except RpcError:
            unknown.append(name)
            raise

    def shorten(result: Json) -> Json:
        return {name: value for name, value in result.items() if name != "tools" or not unknown}

    override(machine.server.tools, "find", find)
    change_results(machine, "tools/list", shorten)


@sequential("unsubscribe-kills", breaks=ONCE, shortest=2, summary="to unsubscribe without a subscription kills it")
def unsubscribe_kills(machine: Machine) -> None:
    on_request(
        machine,
        lambda call: crash(
            call.method == "resources/unsubscribe" and call.params.get("uri") not in call.session.subscribed
        ),
    )


@sequential("second-subscription-kills", breaks=ONCE, shortest=3, summary="a subscription beside another kills it")
def second_subscription_kills(machine: Machine) -> None:
    def note(call: Call) -> None:
        others = call.session.subscribed - {call.params.get("uri")}
        crash(call.method == "resources/subscribe" and bool(others))

    on_request(machine, note)


@sequential(
    "listen-again-kills",
    breaks=ONCE,
    shortest=3,
    summary="to listen again after hanging up kills it",
    revision="2026-07-28",
)
def listen_again_kills(machine: Machine) -> None:
    over: list[Call] = []

    def wait(original: Any, call: Call) -> None:
        try:
            original(call)
        finally:
            over.append(call)

    override(machine.server.subscriptions, "wait", wait)
    on_request(machine, lambda call: crash(call.method == "subscriptions/listen" and bool(over)))
