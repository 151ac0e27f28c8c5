"""Error objects: what each of them has, and which codes it may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from smcp_conformance.codes import HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION
from smcp_conformance.reply import brief
from smcp_conformance.requirement import Observation, monitor
from smcp_conformance.speaker import META
from smcp_conformance.traffic import complete, errors, identity, requests, responses
from smcp_conformance.wire.transcript import Conversation

JSONRPC_CODES = (-32700, -32600, -32601, -32602, -32603)
CONCISE = 300
TRACE = re.compile(r"Traceback \(most recent call last\)|\n\s+at \S+|goroutine \d+ \[|\n\s*File \"")


def judged(conversation: Conversation, complaint: Callable[[Any], str | None]) -> Iterator[Observation]:
    """The observation of each error code, with what `complaint` says of it; none where no revision was settled."""
    for frame, error in errors(conversation) if conversation.revision else ():
        if "code" in error:
            yield Observation(frame, complaint(error["code"]))


def within(code: object, lowest: int, highest: int) -> bool:
    """Tell whether a code is a number of this span."""
    return isinstance(code, (int, float)) and not isinstance(code, bool) and lowest <= code <= highest


@monitor("jsonrpc.error.code-integer")
def every_error_code_is_an_integer(conversation: Conversation) -> Iterator[Observation]:
    """Each `code` is a number without a fraction; no string, no boolean."""

    def complaint(code: object) -> str | None:
        integer = isinstance(code, (int, float)) and not isinstance(code, bool) and code % 1 == 0
        return None if integer else f"got the code {brief(repr(code))}, must be an integer"

    yield from judged(conversation, complaint)


@monitor("jsonrpc.error.code-and-message")
def every_error_has_a_code_and_a_message(conversation: Conversation) -> Iterator[Observation]:
    """Each `error` is an object with a `code` and a `message`, the latter a string."""
    for frame, response in responses(conversation):
        if "error" in response and "result" not in response:
            error = response["error"]
            fine = isinstance(error, dict) and "code" in error and isinstance(error.get("message"), str)
            wrong = f"got the error {brief(error)}, must be an object with a code and a textual message"
            yield Observation(frame, None if fine else wrong)


@monitor("jsonrpc.error.message-concise")
def error_messages_are_concise(conversation: Conversation) -> Iterator[Observation]:
    """No `message` is a stack trace, or much longer than 300 characters and what it may quote from us."""
    quotable = max((frame.size for frame in conversation.outgoing), default=0)
    for frame, error in errors(conversation):
        text = error.get("message")
        if isinstance(text, str):
            fine = len(text) <= CONCISE + quotable and not TRACE.search(text)
            yield Observation(frame, None if fine else f"got the message {brief(text)}, must be one short sentence")


@monitor("jsonrpc.errors.reserved-range-only-defined")
def no_undefined_code_of_the_reserved_range(conversation: Conversation) -> Iterator[Observation]:
    """Of -32099 … -32020 only -32020, -32021 and -32022 are used."""
    defined = (HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION)
    wrong = "must be one of -32020, -32021, -32022 in this range"
    yield from judged(
        conversation,
        lambda code: f"got {code}, {wrong}" if within(code, -32099, -32020) and code not in defined else None,
    )


@monitor("jsonrpc.errors.no-32002")
def the_retired_code_for_missing_resources_is_not_used(conversation: Conversation) -> Iterator[Observation]:
    """No error has the code -32002."""
    yield from judged(conversation, lambda code: "got -32002, must be -32602" if code == -32002 else None)


@monitor("jsonrpc.errors.no-32042")
def the_retired_code_for_url_elicitation_is_not_used(conversation: Conversation) -> Iterator[Observation]:
    """No error has the code -32042."""
    yield from judged(conversation, lambda code: "got -32042, must be another code" if code == -32042 else None)


@monitor("jsonrpc.errors.legacy-subrange-avoided")
def no_code_of_the_old_implementation_range(conversation: Conversation) -> Iterator[Observation]:
    """No error has a code of -32019 … -32000, but for the retired -32002, which is looked at elsewhere."""
    yield from judged(
        conversation,
        lambda code: (
            f"got {code}, must be outside -32019 … -32000" if within(code, -32019, -32000) and code != -32002 else None
        ),
    )


@monitor("jsonrpc.errors.custom-outside-reserved")
def own_codes_lie_outside_the_span_of_json_rpc(conversation: Conversation) -> Iterator[Observation]:
    """Of -32768 … -32100 only the codes of JSON-RPC itself are used."""
    wrong = "must be a code of JSON-RPC or one outside -32768 … -32000"
    yield from judged(
        conversation,
        lambda code: f"got {code}, {wrong}" if within(code, -32768, -32100) and code not in JSONRPC_CODES else None,
    )


@monitor("jsonrpc.errors.defined-codes-meaning", transports=("stdio",))
def the_codes_of_mcp_are_used_for_their_purpose(conversation: Conversation) -> Iterator[Observation]:
    """On stdio -32020 has no meaning, and -32022 does not answer a request in the revision that is served."""
    asked = requests(conversation)
    for frame, response in responses(conversation):
        error = response.get("error")
        if isinstance(error, dict) and "code" in error and complete(conversation):
            requested = [_version(each) for each in asked.get(identity(response.get("id")), [])]
            served = error["code"] == UNSUPPORTED_VERSION and requested == [conversation.revision]
            yield Observation(frame, _misuse(error["code"], served))


def _misuse(code: object, served: bool) -> str | None:
    if code == HEADER_MISMATCH:
        return "got -32020 on stdio, must be a code for something other than HTTP headers"
    return "got -32022 for the revision that is otherwise served, must be another code" if served else None


def _version(request: Any) -> object:
    params = request.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta.get(META + "protocolVersion") if isinstance(meta, dict) else None
