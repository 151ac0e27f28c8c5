"""Tools that need the client: they ask it for roots, a completion or an answer, and change what is offered.

In the handshake era the server sends a request; in the stateless era the result says what is required, and the
client calls again with its answers (multi round-trip requests).
"""

from __future__ import annotations

import json
from typing import Any

from mutants import revisions, wire
from mutants.features.toolbox import Tool, takes, text
from mutants.features.tools import Tools
from mutants.protocol import Server
from mutants.session import Call
from mutants.wire import Json, RpcError

NEEDS = {"roots/list": "roots", "sampling/createMessage": "sampling", "elicitation/create": "elicitation"}
KINDS = {"roots": "roots/list", "sampling": "sampling/createMessage", "elicitation": "elicitation/create"}
FORM = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}


def question(method: str, revision: str) -> Json:
    """The params of a request to the client."""
    if method == "sampling/createMessage":
        message = {"role": "user", "content": {"type": "text", "text": "Which color?"}}
        return {"messages": [message], "maxTokens": 20}
    if method == "elicitation/create":
        mode = {"mode": "form"} if revision >= "2025-11-25" else {}
        return {**mode, "message": "Which color?", "requestedSchema": FORM}
    return {}


class Asking:
    """How the client is asked. Each method is a seam for faults."""

    state = "asked-once"

    def run(self, call: Call, arguments: Json) -> Json:
        """The tool `ask`."""
        method = KINDS[arguments.get("kind", "elicitation")]
        self.require(call, NEEDS[method])
        if not call.stateless:
            return self.answered(call.ask(method, question(method, call.revision)))
        answers = wire.member(call.params, "inputResponses", dict, {})
        state = wire.member(call.params, "requestState", str, self.state)
        if state != self.state:
            raise RpcError(wire.INVALID_PARAMS, "unknown requestState")
        if not isinstance(answers.get("answer"), dict):
            return self.required(method, call.revision)
        return self.told(answers["answer"])

    def require(self, call: Call, capability: str) -> None:
        """Refuse if the client can't be asked; raises `RpcError`."""
        if capability in call.client and self.possible(capability, call):
            return
        if call.stateless:
            data: Json = {"requiredCapabilities": {capability: {}}}
            raise RpcError(wire.MISSING_CAPABILITY, f"the client must declare {capability}", data)
        raise RpcError(wire.INVALID_REQUEST, f"the client must declare {capability}")

    def possible(self, capability: str, call: Call) -> bool:
        """Tell whether the revision, and the mode the client declared, allow the question."""
        declared = call.client[capability]
        url_only = capability == "elicitation" and isinstance(declared, dict) and set(declared) == {"url"}
        return not url_only and (capability != "elicitation" or call.revision >= "2025-06-18")

    def required(self, method: str, revision: str) -> Json:
        """The interim result that asks for input."""
        asked = {"method": method, "params": question(method, revision)}
        return {"resultType": "input_required", "inputRequests": {"answer": asked}, "requestState": self.state}

    def answered(self, response: Json) -> Json:
        """The final result after the client's response; its refusal is an error of the tool."""
        if "error" in response:
            return text("the client refused", isError=True)
        return self.told(response["result"])

    def told(self, answer: Any) -> Json:
        """The final result: what the client said."""
        return text(f"the client said {json.dumps(answer, ensure_ascii=False)}")


def install(server: Server) -> None:
    """Add the tools that ask, write and change what is offered."""
    server.asking = Asking()
    for tool in (_ask(server), _write_note(server), _toggle(server)):
        server.tools.tools[tool.name] = tool


def _ask(server: Server) -> Tool:
    kind = {"type": "string", "enum": list(KINDS)}
    definition = {
        "description": "Asks the client for its roots, for a sample, or for an answer of its user.",
        "inputSchema": takes({"kind": kind}),
        "annotations": {"readOnlyHint": True, "openWorldHint": True},
    }
    return Tool("ask", definition, lambda call, arguments: server.asking.run(call, arguments))


def _write_note(server: Server) -> Tool:
    def run(call: Call, arguments: Json) -> Json:
        server.resources.write(server, "note://fixture/board", arguments["text"])
        return text("written")

    definition = {
        "description": "Writes on the board, which is a resource.",
        "inputSchema": takes({"text": {"type": "string", "maxLength": 1000}}, "text"),
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "openWorldHint": False},
    }
    return Tool("write_note", definition, run)


def _toggle(server: Server) -> Tool:
    extra = Tool("extra", {"inputSchema": takes({})}, lambda call, arguments: text("extra"), revisions.HANDSHAKE)

    def run(call: Call, arguments: Json) -> Json:
        tools: Tools = server.tools
        if tools.tools.pop("extra", None) is None:
            tools.tools["extra"] = extra
        server.broadcast("notifications/tools/list_changed", {}, lambda session: True)
        return text("there" if "extra" in tools.tools else "gone")

    definition = {
        "description": "Adds or removes a tool; handshake era only, where a list may change by request.",
        "inputSchema": takes({}),
        "annotations": {"readOnlyHint": False, "destructiveHint": False, "openWorldHint": False},
    }
    return Tool("toggle_extra", definition, run, revisions.HANDSHAKE)
