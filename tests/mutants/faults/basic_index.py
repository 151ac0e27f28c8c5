"""Faults of responses, errors and notifications (basic/index; basic/messages in 2024-11-05)."""

from __future__ import annotations

from typing import Any

from mutants.faults import (
    change_errors,
    change_messages,
    change_notifications,
    change_responses,
    fault,
    override,
)
from mutants.machine import Machine
from mutants.wire import Json


def _altered_id(message: Json, change: object) -> Json:
    return {**message, "id": change} if "id" in message and "method" not in message else message


@fault("omits-jsonrpc-member", breaks=("jsonrpc.version-member",), summary="messages have no jsonrpc member")
def omits_jsonrpc_member(machine: Machine) -> None:
    change_messages(machine, lambda sent: {name: value for name, value in sent.items() if name != "jsonrpc"})


@fault("says-jsonrpc-1", breaks=("jsonrpc.version-member",), summary='jsonrpc is "1.0"')
def says_jsonrpc_1(machine: Machine) -> None:
    change_messages(machine, lambda sent: {**sent, "jsonrpc": "1.0"})


@fault("jsonrpc-as-number", breaks=("jsonrpc.version-member",), summary="jsonrpc is the number 2.0")
def jsonrpc_as_number(machine: Machine) -> None:
    change_messages(machine, lambda sent: {**sent, "jsonrpc": 2.0})


@fault("answers-another-id", breaks=("jsonrpc.response.id-echo",), summary="responses carry an id never sent")
def answers_another_id(machine: Machine) -> None:
    change_messages(machine, lambda sent: _altered_id(sent, "someone-else"))


@fault("drops-id-of-responses", breaks=("jsonrpc.response.id-echo",), summary="results come without an id")
def drops_id_of_responses(machine: Machine) -> None:
    change_responses(machine, lambda sent: {name: value for name, value in sent.items() if name != "id"})


@fault("echoes-id-as-string", breaks=("jsonrpc.response.id-type-preserved",), summary="integer ids become strings")
def echoes_id_as_string(machine: Machine) -> None:
    change_messages(machine, lambda sent: _altered_id(sent, str(sent.get("id"))))


@fault(
    "reads-numeric-ids-as-integers",
    breaks=("jsonrpc.response.id-type-preserved",),
    summary="string ids made of digits become integers",
)
def reads_numeric_ids_as_integers(machine: Machine) -> None:
    def numeric(sent: Json) -> Json:
        id_ = sent.get("id")
        return _altered_id(sent, int(id_)) if isinstance(id_, str) and id_.isdecimal() else sent

    change_messages(machine, numeric)


@fault("keeps-ids-as-floats", breaks=("jsonrpc.response.id-type-preserved",), summary="integer ids lose precision")
def keeps_ids_as_floats(machine: Machine) -> None:
    change_messages(
        machine, lambda sent: _altered_id(sent, float(sent["id"])) if isinstance(sent.get("id"), int) else sent
    )


@fault("answers-twice", breaks=("jsonrpc.response.exactly-one",), transport="stdio", summary="responses are sent twice")
def answers_twice(machine: Machine) -> None:
    override(machine.stdio, "frame", lambda frame, data: frame(data) * (1 if b'"method":' in data[:60] else 2))


@fault("result-and-error", breaks=("jsonrpc.response.result-xor-error",), summary="errors come with a null result")
def result_and_error(machine: Machine) -> None:
    change_messages(machine, lambda sent: {**sent, "result": {}} if "error" in sent else sent)


@fault("result-with-null-error", breaks=("jsonrpc.response.result-xor-error",), summary="results come with error: null")
def result_with_null_error(machine: Machine) -> None:
    change_responses(machine, lambda sent: {**sent, "error": None})


@fault("neither-result-nor-error", breaks=("jsonrpc.response.result-xor-error",), summary="results are left out")
def neither_result_nor_error(machine: Machine) -> None:
    change_responses(machine, lambda sent: {"jsonrpc": "2.0", "id": sent["id"]})


@fault(
    "null-result-for-ping",
    breaks=("jsonrpc.response.result-is-object",),
    summary="ping is answered with result: null",
    revisions=("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"),
)
def null_result_for_ping(machine: Machine) -> None:
    change_responses(machine, lambda sent: sent if sent["result"] else {**sent, "result": None})


@fault("result-in-array", breaks=("jsonrpc.response.result-is-object",), summary="results are arrays of one")
def result_in_array(machine: Machine) -> None:
    change_responses(machine, lambda sent: {**sent, "result": [sent["result"]]})


@fault("error-code-as-string", breaks=("jsonrpc.error.code-integer",), summary="error codes are strings")
def error_code_as_string(machine: Machine) -> None:
    change_errors(machine, lambda error: {**error, "code": str(error["code"])})


@fault("error-code-fractional", breaks=("jsonrpc.error.code-integer",), summary="error codes have a fraction")
def error_code_fractional(machine: Machine) -> None:
    change_errors(machine, lambda error: {**error, "code": error["code"] + 0.5})


@fault("error-without-message", breaks=("jsonrpc.error.code-and-message",), summary="errors have no message")
def error_without_message(machine: Machine) -> None:
    change_errors(machine, lambda error: {"code": error["code"]})


@fault("error-as-string", breaks=("jsonrpc.error.code-and-message",), summary="the error is its message alone")
def error_as_string(machine: Machine) -> None:
    change_errors(machine, lambda error: error["message"])


@fault("error-message-is-object", breaks=("jsonrpc.error.code-and-message",), summary="the error message is an object")
def error_message_is_object(machine: Machine) -> None:
    change_errors(machine, lambda error: {**error, "message": {"text": error["message"]}})


@fault("error-with-stack-trace", breaks=("jsonrpc.error.message-concise",), summary="error messages are stack traces")
def error_with_stack_trace(machine: Machine) -> None:
    trace = "Traceback (most recent call last):\n" + '  File "server.py", line 1, in serve\n' * 20
    change_errors(machine, lambda error: {**error, "message": trace + error["message"]})


@fault("error-id-object", breaks=("jsonrpc.error.id-member-shape",), summary="errors without an id have an empty one")
def error_id_object(machine: Machine) -> None:
    change_messages(machine, lambda sent: {"id": {}, **sent} if "error" in sent else sent)


@fault("error-drops-id", breaks=("jsonrpc.error.id-when-readable",), summary="errors never carry the request's id")
def error_drops_id(machine: Machine) -> None:
    override(machine.server, "failure", lambda failure, message, error: failure(None, error))


@fault(
    "notification-params-array", breaks=("jsonrpc.request.params-object",), summary="params of notifications are arrays"
)
def notification_params_array(machine: Machine) -> None:
    change_notifications(machine, lambda sent: {**sent, "params": list(sent["params"].values())})


@fault(
    "answers-notifications",
    breaks=("jsonrpc.notification.no-reply", "jsonrpc.notification.no-reply.2024", "lifecycle.initialized.accepted"),
    summary="notifications are answered with a null id",
    transport="stdio",
)
def answers_notifications(machine: Machine) -> None:
    def notified(original: Any, *received: Any) -> None:
        original(*received)
        machine.stdio.send({"jsonrpc": "2.0", "id": None, "result": {}})

    override(machine.server, "notified", notified)


@fault(
    "answers-unknown-notifications",
    breaks=("jsonrpc.notification.no-reply", "jsonrpc.notification.no-reply.2024"),
    summary="unknown notifications are answered with method not found",
    transport="stdio",
)
def answers_unknown_notifications(machine: Machine) -> None:
    reply = {"jsonrpc": "2.0", "error": {"code": -32601, "message": "method not found"}}

    def notified(original: object, session: object, method: str, params: object) -> None:
        if method not in machine.server.notifications:
            machine.stdio.send(reply)

    override(machine.server, "notified", notified)


@fault("notification-with-id", breaks=("jsonrpc.notification.no-id",), summary="notifications carry id: null")
def notification_with_id(machine: Machine) -> None:
    change_notifications(machine, lambda sent: {**sent, "id": None})


@fault(
    "dies-of-unknown-notification",
    breaks=("jsonrpc.notification.unknown-tolerated",),
    summary="an unknown notification ends the process",
    transport="stdio",
)
def dies_of_unknown_notification(machine: Machine) -> None:
    def notified(original: object, session: object, method: str, params: object) -> None:
        if method not in machine.server.notifications:
            machine.stdio.exit(1)

    override(machine.server, "notified", notified)


@fault(
    "result-for-notification-with-id",
    breaks=("jsonrpc.notification-method-with-id",),
    summary="a notification method with an id gets an empty result",
)
def result_for_notification_with_id(machine: Machine) -> None:
    for name in ("notifications/cancelled", "notifications/initialized"):
        machine.server.method(name, lambda call: {})
