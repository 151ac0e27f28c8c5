"""The members of every message that the server writes: responses, errors, notifications."""

from __future__ import annotations

from collections.abc import Iterator

from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.traffic import messages, notifications, responses, spoken
from smcp_conformance.wire.transcript import Conversation


@monitor("jsonrpc.version-member")
def every_message_carries_jsonrpc_2_0(conversation: Conversation) -> Iterator[Observation]:
    """Each message that the server writes has the member `jsonrpc` with the string "2.0"."""
    for frame, message in messages(conversation):
        version = message.get("jsonrpc")
        yield Observation(frame, None if version == "2.0" else f'got {brief(version)} as jsonrpc, must be "2.0"')


@monitor("jsonrpc.response.result-xor-error")
def every_response_has_either_a_result_or_an_error(conversation: Conversation) -> Iterator[Observation]:
    """Each response has the member `result` or the member `error`, and never both, not even as null."""
    for frame, response in responses(conversation):
        found = [name for name in ("result", "error") if name in response]
        wrong = f"got {' and '.join(found) or 'neither'}, must be either a result or an error"
        yield Observation(frame, wrong if len(found) != 1 else None)


@monitor("jsonrpc.response.result-is-object")
def every_result_is_an_object(conversation: Conversation) -> Iterator[Observation]:
    """Each `result` is a JSON object: the empty ones of ping and its like are `{}` and not null."""
    for frame, response in responses(conversation):
        if "result" in response:
            result = response["result"]
            wrong = None if isinstance(result, dict) else f"got the result {brief(result)}, must be an object"
            yield Observation(frame, wrong)


@monitor("jsonrpc.request.params-object")
def params_are_objects(conversation: Conversation) -> Iterator[Observation]:
    """The `params` of each notification and request that the server sends are an object."""
    for frame, message in messages(conversation):
        if "method" in message and "params" in message:
            params = message["params"]
            yield Observation(
                frame, None if isinstance(params, dict) else f"got the params {brief(params)}, must be an object"
            )


@monitor("jsonrpc.notification.no-id")
def notifications_have_no_id(conversation: Conversation) -> Iterator[Observation]:
    """Nothing that the server sends under a method `notifications/…` has the member `id`, not even as null."""
    for frame, message in notifications(conversation):
        wrong = f"got the id {brief(message.get('id'))} on {message['method']}, must be no id"
        yield Observation(frame, wrong if "id" in message else None)


@monitor("jsonrpc.batch.never-sent")
def no_array_of_messages_is_sent(conversation: Conversation) -> Iterator[Observation]:
    """Since 2025-06-18 each message travels alone: nothing that the server writes is an array."""
    for frame in spoken(conversation) if conversation.revision else ():
        if frame.is_message:
            array = isinstance(frame.value, list)
            yield Observation(frame, f"got the array {brief(frame.text)}, must be a single message" if array else None)


@monitor("patterns.server-never-requests")
def the_server_sends_no_requests(conversation: Conversation) -> Iterator[Observation]:
    """At 2026-07-28 nothing that the server writes has both a method and an id."""
    for frame, message in messages(conversation) if conversation.revision else ():
        request = "method" in message and "id" in message
        yield Observation(frame, f"got the request {brief(dict(message))}, must be no request" if request else None)


@monitor("removed.notifications")
def no_dropped_notification_is_sent(conversation: Conversation) -> Iterator[Observation]:
    """At 2026-07-28 no notification comes that the revision dropped."""
    dropped = {"notifications/roots/list_changed", "notifications/elicitation/complete", "notifications/tasks/status"}
    for frame, message in notifications(conversation) if conversation.revision else ():
        method = message["method"]
        yield Observation(frame, f"got {method}, must be no dropped notification" if method in dropped else None)
