"""The checks of one tool that is called with generated arguments, valid ones and wrong ones.

Most look at the same answers: those to the first arguments that are drawn, and to each fault of the grid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smcp_conformance.checks import schema
from smcp_conformance.checks.basic.index import encoding
from smcp_conformance.checks.server.tools import results
from smcp_conformance.checks.server.tools.calling import REFUSED, refused
from smcp_conformance.codes import INTERNAL_ERROR, INVALID_PARAMS
from smcp_conformance.generate.faults import Fault
from smcp_conformance.generate.schema import instance_fault
from smcp_conformance.reply import Reply, brief, encode
from smcp_conformance.requirement import ENDED, Observation
from smcp_conformance.search.inputs import schema_of
from smcp_conformance.search.properties import properties
from smcp_conformance.search.subject import NO_JSON
from smcp_conformance.search.tool_check import RARELY, of_faults, of_valid
from smcp_conformance.search.trial import Trial, Unsteady
from smcp_conformance.wire.transcript import Conversation

Arguments = Mapping[str, Any]
Monitor = Callable[[Conversation], Iterator[Observation]]
SHAPES: tuple[Monitor, ...] = (
    schema.every_result_fits_its_type,
    results.tool_results_have_content,
    results.content_items_are_of_known_types,
    results.images_and_audio_are_base64_with_a_mime_type,
    results.embedded_resources_have_uri_and_contents,
    results.resource_links_have_uri_and_name,
    results.content_annotations_are_in_range,
)
BYTES: tuple[Monitor, ...] = (
    encoding.every_message_is_utf_8,
    encoding.every_message_is_strict_json,
    encoding.every_number_is_finite,
)
REPETITIONS = 8  # of equal calls, before their answers count as what the tool always says
HARM, EXCUSE = "\ufffd", re.compile("[\ufffd\ud800-\udfff]")
TRACEBACKS = ("Traceback (most recent call last)", "\n    at ", "goroutine 1 [running]", "panicked at ")


@of_valid("tools.call.never-unanswered", ENDED, NO_JSON, silence=True)
def valid_calls_are_answered(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; each call must be answered in time, and the server must go on serving."""
    trial.reply(arguments)


@of_valid("tools.call.execution-errors-in-result")
def valid_calls_meet_no_internal_error(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; a tool that fails should do so with isError, not with -32603."""
    reply = trial.reply(arguments)
    assert reply.code != INTERNAL_ERROR, f"got {reply}, must be a result with isError true"


@of_valid("tools.call.valid-inputs-accepted")
def valid_calls_are_accepted(trial: Trial, arguments: Arguments) -> None:
    """Counts how many calls with valid arguments are refused: a hint, for a schema can't say everything."""
    reply = trial.reply(arguments)
    if reply.code == INVALID_PARAMS:
        trial.hint("refused with -32602")
    elif reply.is_error_result:
        trial.hint("answered with isError")


@of_valid(
    "schema.results-validate",
    "tools.call.result-shape",
    "tools.call.content-types",
    "tools.call.content-image-audio",
    "tools.call.content-embedded",
    "tools.call.content-resource-link",
    "tools.call.audience-annotations",
)
def results_are_well_formed(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; each result has content items of known types with all that they need."""
    must_satisfy(SHAPES, trial, arguments, completed(trial, arguments))


@of_valid("schema.strict-json", "schema.numbers-finite", "jsonrpc.utf8")
def answers_are_strict_json(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; the bytes of each answer are one JSON text in UTF-8, with finite numbers."""
    must_satisfy(BYTES, trial, arguments, trial.reply(arguments))


@of_valid("jsonrpc.unicode-roundtrip")
def text_comes_back_unharmed(trial: Trial, arguments: Arguments) -> None:
    """Calls with text; the answer should hold no U+FFFD that goes away when the text is ASCII."""
    reply, plain = trial.reply(arguments), in_ascii(arguments)
    if plain == arguments or not harmed(reply, arguments):
        return
    if instance_fault(schema_of(trial.tool), plain):
        trial.skip("with ASCII in its place the arguments are not valid")
    shown = f"got {reply}, must be text without U+FFFD"
    assert harmed(trial.reply(plain), plain), f"{shown}, as it is for {brief(plain)}"


@of_valid("tools.call.output-schema-conformance", trait="output")
def structured_results_conform_to_the_output_schema(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; each success has structuredContent that is valid under the outputSchema."""
    result = trial.success(arguments).result
    assert "structuredContent" in result, f"got {brief(result)}, must be a result with structuredContent"
    fault = instance_fault(trial.tool["outputSchema"], result["structuredContent"])
    assert not fault, f"got {brief(result)}, must be valid under its outputSchema: {fault}"


@of_valid("tools.call.structured-text-fallback", trait="output")
def structured_results_are_repeated_as_text(trial: Trial, arguments: Arguments) -> None:
    """Calls with valid arguments; structuredContent should be in a text item too, as the same JSON."""
    reply = completed(trial, arguments)
    if "structuredContent" not in reply.result:
        trial.skip("no result had structuredContent")
    must_satisfy((results.structured_content_is_repeated_as_text,), trial, arguments, reply)


@of_valid("tools.call.valid-inputs-accepted", trait="several", rarely=RARELY)
def the_order_of_members_does_not_matter(trial: Trial, arguments: Arguments) -> None:
    """Calls with the members in another order; where two equal calls agree, that call should agree with them."""
    if len(arguments) < 2:
        trial.skip("there are no two members to be put in another order")
    first, turned = told(trial.reply(arguments)), dict(reversed([*arguments.items()]))
    must_be_steady(trial, arguments, first, 1)
    other = told(trial.another(turned))
    if other == first:
        return
    must_be_steady(trial, arguments, first, REPETITIONS)
    must_be_steady(trial, turned, other, REPETITIONS)
    shown = f"got {brief(other)} where the members came in the order {', '.join(turned)}"
    raise AssertionError(f"{shown}, must be the same as in the order given: {brief(first)}")


@of_valid("tools.call.valid-inputs-accepted", trait="defaults", rarely=RARELY)
def what_has_a_default_may_be_left_out(trial: Trial, arguments: Arguments) -> None:
    """Calls without what has a default, and with the defaults themselves; both should be served, or neither."""
    rules, defaults = schema_of(trial.tool), defaulted(trial.tool)
    bare = {name: value for name, value in arguments.items() if name not in defaults}
    full = {**bare, **defaults}
    if instance_fault(rules, bare) or instance_fault(rules, full):
        trial.skip("with or without the defaults the arguments are not valid")
    without, given = trial.reply(bare), trial.reply(full)
    shown = f"got {without} for {brief(bare)} and {given} for {brief(full)}"
    assert served(without) == served(given), f"{shown}, must be served both, or neither"
    if told(without) != told(given):
        must_be_steady(trial, bare, told(without), REPETITIONS)
        must_be_steady(trial, full, told(given), REPETITIONS)
        trial.hint("answered otherwise without the defaults than with them")


@of_valid("tools.call.valid-inputs-accepted", trait="steady", rarely=RARELY)
def the_same_call_gets_the_same_answer(trial: Trial, arguments: Arguments) -> None:
    """Calls twice, where the tool says that this makes no difference; another answer is a hint, for time may pass."""
    if told(trial.reply(arguments)) != told(trial.another(arguments)):
        trial.hint("answered differently the second time, though the tool says deterministic or idempotentHint")


@of_faults("tools.call.never-unanswered", ENDED, NO_JSON, silence=True)
def wrong_calls_are_answered(trial: Trial, fault: Fault) -> None:
    """Calls with arguments that are wrong in one way; each call must be answered, and the server must go on serving."""
    trial.reply(fault.value)


@of_faults("tools.call.inputs-validated", random=False)
def each_fault_is_refused(trial: Trial, fault: Fault) -> None:
    """Calls once with each fault of the inputSchema's grid; every call must be refused."""
    must_be_refused(trial, fault)


@of_faults("tools.call.inputs-validated", grid=False)
def random_faults_are_refused(trial: Trial, fault: Fault) -> None:
    """Calls with arguments that are wrong in one way, drawn at random; every call must be refused."""
    must_be_refused(trial, fault)


@of_faults("jsonrpc.error.message-concise")
def refusals_show_no_traceback(trial: Trial, fault: Fault) -> None:
    """Calls with wrong arguments; what is said of them should be a sentence, no stack trace."""
    reply = trial.reply(fault.value)
    if not refused(reply) and reply.error is None:
        trial.skip("nothing was refused")
    found = [trace for trace in TRACEBACKS if trace in "\n".join(texts(reply))]
    assert not found, f"got {reply}, must be an explanation without a stack trace ({found[0].strip()!r})"


def must_be_steady(trial: Trial, arguments: Arguments, first: Any, times: int) -> None:
    """Call again, and leave the case if the answer is not always what it was at `first`: chance, or time, has a say."""
    for _ in range(times):
        if told(trial.another(arguments)) != first:
            raise Unsteady("equal calls were answered differently, so that nothing can be compared")


def must_be_refused(trial: Trial, fault: Fault) -> None:
    """Demand that a call is refused, unless more is asked of the client first."""
    reply = trial.reply(fault.value)
    if reply.succeeded and not reply.is_complete:
        trial.skip("the server asked for input first")
    assert refused(reply), f"got {reply}, must be {REFUSED}"


def completed(trial: Trial, arguments: Arguments) -> Reply:
    """The answer if it is a result, be it an error's; otherwise there is nothing to judge."""
    reply = trial.reply(arguments)
    if not reply.is_complete:
        trial.skip(f"no call brought a result; one was answered with {reply}")
    return reply


def must_satisfy(monitors: tuple[Monitor, ...], trial: Trial, arguments: Arguments, reply: Reply) -> None:
    """Demand that no monitor complains of an answer."""
    offer, frame = trial.subject.leg.offer, reply.frame
    conversation = Conversation(offer.transport, offer.revision)
    asked = {"jsonrpc": "2.0", "id": reply.message.get("id"), "method": "tools/call", "params": arguments}
    conversation.sent(encode(asked), frame.channel)
    conversation.received(frame.raw, frame.channel, frame.size, frame.too_large, frame.facts)
    for monitor in monitors:
        for seen in monitor(conversation):
            assert seen.complaint is None, seen.complaint


def told(reply: Reply) -> Any:
    """What an answer says, without what may differ from one to the next."""
    error = reply.error
    return {"error": error.get("code")} if error else {k: v for k, v in reply.result.items() if k != "_meta"}


def harmed(reply: Reply, arguments: Arguments) -> bool:
    """Tell whether U+FFFD stands in an answer for which no argument gives a reason."""
    given = json.dumps(arguments, ensure_ascii=False)
    return HARM in json.dumps(reply.message, ensure_ascii=False) and not EXCUSE.search(given)


def in_ascii(value: Any) -> Any:
    """The same JSON with a letter for each character beyond ASCII in the values of strings."""
    if isinstance(value, dict):
        return {name: in_ascii(member) for name, member in value.items()}
    if isinstance(value, list):
        return [in_ascii(member) for member in value]
    return "".join(each if each.isascii() else "a" for each in value) if isinstance(value, str) else value


def served(reply: Reply) -> bool:
    """Tell whether there is a result that is no error."""
    return reply.succeeded and not reply.is_error_result


def texts(reply: Reply) -> Iterator[str]:
    """What a refusal says in words."""
    yield str((reply.error or {}).get("message", ""))
    content = reply.result.get("content")
    yield from (str(item.get("text", "")) for item in content or () if isinstance(item, dict))


def defaulted(tool: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of those arguments that aren't required."""
    required = schema_of(tool).get("required") or ()
    members = properties(tool).items()
    return {k: v["default"] for k, v in members if isinstance(v, dict) and "default" in v and k not in required}
