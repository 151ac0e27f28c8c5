"""Generated arguments: of prompts, of URI templates, and of what is completed."""

from __future__ import annotations

from typing import Any

from smcp_conformance.checks.server.prompts import messages
from smcp_conformance.checks.server.prompts.getting import PLAUSIBLE, get
from smcp_conformance.checks.server.resources import reading
from smcp_conformance.checks.server.utilities.completion import complete, must_agree, must_be_few, must_be_shaped
from smcp_conformance.codes import INTERNAL_ERROR
from smcp_conformance.reply import Reply, brief
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import of_values
from smcp_conformance.uri_template import expand

Value = dict[str, Any]


def read(probe: Probe, value: Value) -> tuple[str, Reply]:
    """A URI made from a template, and what comes of reading it."""
    uri = expand(value["template"], value["values"])
    return uri, probe.session.request("resources/read", {"uri": uri})


def completed(probe: Probe, value: Value) -> dict[str, Any]:
    """What is brought for a value; skips a refusal."""
    reply = complete(probe.session, (value["ref"], value["name"]), value["value"])
    if not reply.succeeded:
        probe.skip(f"completion was answered with {reply}")
    found = reply.result.get("completion")
    return found if isinstance(found, dict) else {}


@of_values("prompt_arguments", "prompts.get.arguments-validated", silence=True)
def any_arguments_of_prompts_are_answered(probe: Probe, value: Value) -> None:
    """Gets a prompt with any texts for its arguments; there must be an answer, whatever it is."""
    get(probe.session, value["name"], value["arguments"])


@of_values("prompt_arguments", "prompts.get.arguments-validated")
def no_arguments_of_prompts_break_them(probe: Probe, value: Value) -> None:
    """Gets a prompt with any texts; where plain ones are no trouble, the answer should not be -32603 for these."""
    reply = get(probe.session, value["name"], value["arguments"])
    if reply.code == INTERNAL_ERROR:
        plain = get(probe.session, value["name"], dict.fromkeys(value["arguments"], PLAUSIBLE))
        if plain.code == INTERNAL_ERROR:
            probe.skip(f"the prompt {value['name']!r} is in trouble whatever its arguments: {plain}")
        raise AssertionError(f"got {reply}, must be a result or the error -32602")


@of_values("prompt_arguments", "prompts.get.shape")
def messages_are_well_formed_for_any_arguments(probe: Probe, value: Value) -> None:
    """Gets a prompt with any texts; what comes must be messages with a role and content of a known type."""
    reply = get(probe.session, value["name"], value["arguments"])
    if not reply.is_complete:
        probe.skip(f"the prompt was answered with {reply}")
    assert isinstance(reply.result.get("messages"), list), f"got {reply}, must be a result with an array 'messages'"
    shape = messages.messages_have_a_role_and_one_content, messages.contents_are_of_known_types
    probe.must_satisfy(reply, "prompts/get", *shape)


@of_values("template_values", "resources.uris-validated", silence=True)
def any_uri_of_a_template_is_answered(probe: Probe, value: Value) -> None:
    """Fills a template with any texts and reads the URI; there must be an answer, whatever it is."""
    read(probe, value)


@of_values("template_values", "resources.read.shape")
def contents_are_well_formed_for_any_uri(probe: Probe, value: Value) -> None:
    """Fills a template with any texts and reads the URI; what comes must be contents with a uri and text or blob."""
    uri, reply = read(probe, value)
    if not reply.is_complete:
        probe.skip(f"{uri!r} was answered with {reply}")
    shape = reading.contents_are_an_array, reading.contents_have_uri_and_text_or_blob, reading.blobs_are_base64
    probe.must_satisfy(reply, "resources/read", *shape)


@of_values("template_values", "resources.templates.mime-uniform")
def contents_have_the_mime_type_of_their_template(probe: Probe, value: Value) -> None:
    """Fills a template that has a MIME type and reads the URI; what comes should be of that type, if of any."""
    listed = probe.templates.get(value["template"])
    uri, reply = read(probe, value)
    found = reply.result.get("contents")
    types = (
        [each.get("mimeType", listed) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    )
    if listed is None or not types:
        probe.skip("no template has a MIME type and brings contents")
    others = [each for each in types if each != listed]
    assert not others, f"got the mimeType {brief(others[0])} for {uri!r}, must be {brief(listed)} as its template says"


@of_values("completions", "completion.inputs-validated", silence=True)
def any_value_that_is_completed_is_answered(probe: Probe, value: Value) -> None:
    """Completes any text; there must be an answer, whatever it is."""
    complete(probe.session, (value["ref"], value["name"]), value["value"])


@of_values("completions", "completion.result-shape")
def completions_of_any_value_are_strings(probe: Probe, value: Value) -> None:
    """Completes any text; `values` must be strings, `total` an integer and `hasMore` a boolean, if given."""
    must_be_shaped(completed(probe, value), f"for {value['name']!r}")


@of_values("completions", "completion.max-100")
def completions_of_any_value_are_a_hundred_at_most(probe: Probe, value: Value) -> None:
    """Completes any text; there must not be more than 100 values."""
    must_be_few(completed(probe, value), f"for {value['name']!r}")


@of_values("completions", "completion.total-consistent")
def totals_of_any_value_agree(probe: Probe, value: Value) -> None:
    """Completes any text; `total` should not be below the number of values, and above it if `hasMore`."""
    must_agree(completed(probe, value), f"for {value['name']!r}")


@of_values("contexts", "completion.context-accepted")
def any_context_is_accepted(probe: Probe, value: Value) -> None:
    """Completes any text with others that were chosen before; it should be served as without them."""
    subject = value["ref"], value["name"]
    if not complete(probe.session, subject, value["value"]).succeeded:
        probe.skip("completion is refused without a context")
    reply = complete(probe.session, subject, value["value"], context={"arguments": value["context"]})
    assert reply.succeeded, f"got {reply} with a context, must be a result as without"
