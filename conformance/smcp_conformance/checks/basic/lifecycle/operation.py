"""Operation: both sides keep to the version and the capabilities that were negotiated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.codes import METHOD_NOT_FOUND, URL_ELICITATION
from smcp_conformance.leg import Leg
from smcp_conformance.requirement import Observation, check, monitor, not_applicable
from smcp_conformance.traffic import answered, errors, messages, results
from smcp_conformance.wire.transcript import Conversation

Params = dict[str, Any]
GATED: tuple[tuple[str, str, Params], ...] = (
    ("tools", "tools/list", {}),
    ("prompts", "prompts/list", {}),
    ("resources", "resources/list", {}),
    ("resources", "resources/templates/list", {}),
    ("resources.subscribe", "resources/subscribe", {"uri": "conformance:none"}),
    ("logging", "logging/setLevel", {"level": "info"}),
    ("tasks.list", "tasks/list", {}),
)
BACKED: tuple[tuple[str, str, Params], ...] = (*GATED[:3], GATED[5])
COMPLETION = (
    "completions",
    "completion/complete",
    {"ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": ""}},
)
NEEDED_BY_SERVER = {
    "notifications/tools/list_changed": "tools",
    "notifications/prompts/list_changed": "prompts",
    "notifications/resources/list_changed": "resources",
    "notifications/resources/updated": "resources",
    "notifications/message": "logging",
}
NEEDED_BY_CLIENT = {"roots/list": "roots", "sampling/createMessage": "sampling", "elicitation/create": "elicitation"}
SINCE = {"audio": "2025-03-26", "resource_link": "2025-06-18"}  # kinds of content


@check("lifecycle.undeclared-methods")
def methods_of_undeclared_capabilities_are_refused(leg: Leg) -> None:
    """Calls the methods of each capability that was not declared; each must get the error -32601."""
    gated = (*GATED, COMPLETION) if leg.offer.revision > "2024-11-05" else GATED
    for capability, method, params in gated:
        if not leg.offer.declares(capability):
            reply = leg.session.request(method, params)
            assert reply.code == METHOD_NOT_FOUND, f"got {reply} for {method}, must be the error -32601"


@check("lifecycle.declared-methods-work", refusal=True)
def declared_capabilities_have_their_methods(leg: Leg) -> None:
    """Calls a method of each declared capability; none may be unknown."""
    declared = [(method, params) for capability, method, params in BACKED if leg.offer.declares(capability)]
    if not declared:
        not_applicable("no capability with methods is declared")
    for method, params in declared:
        reply = leg.session.request(method, params)
        assert reply.code != METHOD_NOT_FOUND, f"got {reply} for {method}, must be known since it was declared"


@monitor("lifecycle.operation.negotiated-capabilities", "lifecycle.operation.negotiated-capabilities.2024-2025-03")
def only_negotiated_capabilities_are_used(conversation: Conversation) -> Iterator[Observation]:
    """No notification comes whose capability the server didn't declare, no request whose capability we didn't."""
    declared = _declared(conversation)
    if declared is None:
        return
    for frame, message in messages(conversation):
        if "method" in message:
            yield Observation(frame, _undeclared(message, declared, conversation.client_capabilities))


def _declared(conversation: Conversation) -> Mapping[str, Any] | None:
    for _, response, request in answered(conversation):
        if request["method"] == "initialize":
            capabilities = response["result"].get("capabilities")
            return capabilities if isinstance(capabilities, dict) else None
    return None


def _undeclared(message: Mapping[str, Any], server: Mapping[str, Any], client: Mapping[str, Any]) -> str | None:
    method = str(message["method"])
    ours, theirs = NEEDED_BY_CLIENT.get(method), NEEDED_BY_SERVER.get(method)
    if theirs is not None and theirs not in server:
        return f"got {method}, must be sent only by servers that declare {theirs}"
    if ours is not None and ours not in client:
        return f"got {method}, must be sent only to clients that declare {ours}"
    return None


@monitor("lifecycle.operation.respect-version", "lifecycle.operation.respect-version.2024-2025-03")
def nothing_is_used_that_the_version_lacks(conversation: Conversation) -> Iterator[Observation]:
    """No result holds a kind of content, and no error a code, that another version brought."""
    revision = conversation.revision
    if not revision:
        return
    for frame, response in results(conversation):
        kinds = [item.get("type") for item in _items(response["result"])]
        late = [kind for kind in kinds if isinstance(kind, str) and revision < SINCE.get(kind, "")]
        wrong = f"got content of the type {late[0]!r}, must be one that {revision} knows" if late else None
        yield Observation(frame, wrong)
    for frame, error in errors(conversation):
        wrong = "got the code -32042, must be one that this version knows"
        yield Observation(frame, wrong if error.get("code") == URL_ELICITATION and revision < "2025-11-25" else None)


def _items(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = result.get("content")
    return [item for item in content if isinstance(item, dict)] if isinstance(content, list) else []
