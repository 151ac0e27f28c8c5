"""Generated names of nothing: tools, prompts and resources outside what is listed."""

from __future__ import annotations

from smcp_conformance.checks.server.prompts.getting import UNKNOWN as UNKNOWN_PROMPT
from smcp_conformance.checks.server.prompts.getting import get
from smcp_conformance.checks.server.resources.refusing import ABSENT
from smcp_conformance.checks.server.tools.calling import UNKNOWN as UNKNOWN_TOOL
from smcp_conformance.codes import INVALID_PARAMS
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import of_values


@of_values(
    "unknown_tools",
    "tools.call.unknown-tool.protocol-error",
    plain=UNKNOWN_TOOL,
    told_by="server/tools/calling::unknown_tool_is_a_protocol_error",
)
def any_unknown_tool_is_a_protocol_error(probe: Probe, name: str) -> None:
    """Calls a tool that is not listed; the answer should be a JSON-RPC error, not a result."""
    reply = probe.session.request("tools/call", {"name": name, "arguments": {}})
    assert reply.error is not None, f"got {reply} for the tool {name!r}, must be a JSON-RPC error"


@of_values(
    "unknown_prompts",
    "prompts.get.unknown-name",
    plain=UNKNOWN_PROMPT,
    told_by="server/prompts/getting::unknown_prompt_has_code_invalid_params",
)
def any_unknown_prompt_is_refused(probe: Probe, name: str) -> None:
    """Gets a prompt that is not listed; the answer should be the error -32602."""
    reply = get(probe.session, name, {})
    assert reply.code == INVALID_PARAMS, f"got {reply} for the prompt {name!r}, must be the error -32602"


@of_values(
    "absent_uris",
    "resources.not-found.is-error",
    "resources.not-found.not-empty-contents",
    plain=f"conformance:{ABSENT}",
    told_by="server/resources/refusing::absent_resource_is_an_error",
)
def any_absent_resource_is_an_error(probe: Probe, uri: str) -> None:
    """Reads a URI of a scheme that nobody knows; neither empty contents nor any other result may say so."""
    reply = probe.session.request("resources/read", {"uri": uri})
    assert reply.error is not None, f"got {reply} for {uri!r}, must be a JSON-RPC error"
