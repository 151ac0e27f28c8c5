"""What every result of 2026-07-28 carries: its type, and who made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.speaker import META
from smcp_conformance.traffic import answered, results
from smcp_conformance.wire.transcript import Conversation

COMPLETE, INPUT_REQUIRED = "complete", "input_required"
MAY_ASK = ("tools/call", "prompts/get", "resources/read")


@monitor("result-type.present")
def every_result_has_a_result_type(conversation: Conversation) -> Iterator[Observation]:
    """Each result has a `resultType`, which is a string."""
    for frame, response in results(conversation) if conversation.revision else ():
        kind = response["result"].get("resultType")
        wrong = None if isinstance(kind, str) else f"got the resultType {brief(kind)}, must be a string"
        yield Observation(frame, wrong)


@monitor("result-type.known-value")
def result_types_are_those_of_the_core(conversation: Conversation) -> Iterator[Observation]:
    """Without an extension declared by us, `resultType` is "complete" or "input_required"."""
    for frame, response, request in answered(conversation) if conversation.revision else ():
        kind = response["result"].get("resultType")
        if isinstance(kind, str) and not _extended(request):
            known = kind in (COMPLETE, INPUT_REQUIRED)
            yield Observation(frame, None if known else f"got {brief(kind)}, must be complete or input_required")


@monitor("result-type.complete-on-final")
def only_what_may_ask_for_input_does(conversation: Conversation) -> Iterator[Observation]:
    """Results of discovery, lists and completion say "complete"; those that say "input_required" ask for something."""
    for frame, response, request in answered(conversation) if conversation.revision else ():
        result = response["result"]
        if result.get("resultType") == INPUT_REQUIRED:
            asks = request["method"] in MAY_ASK and {"inputRequests", "requestState"} & result.keys()
            wrong = f"got input_required for {request['method']} with {sorted(result)}, must be complete"
            yield Observation(frame, None if asks else wrong)
        elif result.get("resultType") == COMPLETE:
            yield Observation(
                frame, "got complete with inputRequests, must be input_required" if _asks(result) else None
            )


@monitor("meta.server-info-in-results")
def every_result_names_the_server(conversation: Conversation) -> Iterator[Observation]:
    """The `_meta` of each result has `io.modelcontextprotocol/serverInfo` with the strings `name` and `version`."""
    for frame, response in results(conversation) if conversation.revision else ():
        meta = response["result"].get("_meta")
        info = meta.get(META + "serverInfo") if isinstance(meta, dict) else None
        named = isinstance(info, dict) and all(isinstance(info.get(part), str) for part in ("name", "version"))
        wrong = f"got {brief(info)} as serverInfo in _meta, must be an object with name and version"
        yield Observation(frame, None if named else wrong)


def _asks(result: Mapping[str, Any]) -> bool:
    return bool(result.get("inputRequests"))


def _extended(request: Mapping[str, Any]) -> bool:
    params = request.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    declared = meta.get(META + "clientCapabilities") if isinstance(meta, dict) else None
    return isinstance(declared, dict) and bool(declared.get("extensions"))
