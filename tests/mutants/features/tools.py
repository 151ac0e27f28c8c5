"""tools/list and tools/call. The tools themselves are in `mutants.features.toolbox`."""

from __future__ import annotations

from mutants import revisions, wire
from mutants.features import pages, toolbox
from mutants.features.schema import problems
from mutants.features.toolbox import Tool
from mutants.protocol import Server
from mutants.session import Call
from mutants.wire import Json, RpcError

MEMBERS_SINCE = {
    "title": "2025-06-18",
    "outputSchema": "2025-06-18",
    "annotations": "2025-03-26",
    "execution": "2025-11-25",
}


class Tools:
    """The tools of one server. Each method is a seam for faults."""

    def __init__(self, tools: tuple[Tool, ...]) -> None:
        self.tools = {tool.name: tool for tool in tools}

    def available(self, revision: str) -> list[Tool]:
        """The tools of a revision, in a fixed order."""
        return [tool for tool in self.tools.values() if revision in tool.revisions]

    def describe(self, tool: Tool, revision: str) -> Json:
        """A tool as the list shows it: only members that `revision` knows."""
        shown = {"name": tool.name, **tool.definition}
        return {
            name: value
            for name, value in shown.items()
            if revision >= MEMBERS_SINCE.get(name, "") and (name != "execution" or revision == "2025-11-25")
        }

    def listed(self, call: Call) -> Json:
        """Serve tools/list."""
        return pages.page(call, "tools", [self.describe(tool, call.revision) for tool in self.available(call.revision)])

    def call(self, call: Call) -> Json:
        """Serve tools/call; raises `RpcError` for malformed requests and unknown tools."""
        name = wire.member(call.params, "name", str)
        arguments = wire.member(call.params, "arguments", dict, {})
        tool = self.find(name, call.revision)
        wrong = self.problems(tool, arguments)
        if wrong:
            return self.refuse(call, wrong)
        return self.run(tool, call, arguments)

    def find(self, name: str, revision: str) -> Tool:
        """Look a tool up; raises `RpcError`."""
        tool = self.tools.get(name)
        if tool is None or revision not in tool.revisions:
            raise RpcError(wire.INVALID_PARAMS, "unknown tool")
        return tool

    def problems(self, tool: Tool, arguments: Json) -> list[str]:
        """What is wrong with the arguments."""
        return list(problems(tool.definition["inputSchema"], arguments))

    def refuse(self, call: Call, wrong: list[str]) -> Json:
        """Report invalid arguments in the way of the revision: a protocol error before 2025-11-25, then a result."""
        if call.revision < "2025-11-25":
            raise RpcError(wire.INVALID_PARAMS, f"invalid arguments: {wrong[0]}")
        return toolbox.text(f"invalid arguments: {wrong[0]}", isError=True)

    def run(self, tool: Tool, call: Call, arguments: Json) -> Json:
        """Run a tool on valid arguments; what the revision does not know is left out of the result."""
        result = tool.run(call, arguments)
        if call.revision < "2025-06-18":
            result.pop("structuredContent", None)
        return result

    def blocks(self, message: Json) -> bool:
        """Tell whether a request takes its time: a subscription, a task's end, or a slow tool."""
        params = message.get("params")
        name = params.get("name") if isinstance(params, dict) else None
        slow = message["method"] == "tools/call" and isinstance(name, str) and name in toolbox.SLOW
        return slow or message["method"] in ("subscriptions/listen", "tasks/result", "tasks/cancel")


def install(server: Server) -> None:
    """Offer the toolbox."""
    server.tools = Tools(toolbox.TOOLS)
    server.declare("tools", {"listChanged": True})
    server.method("tools/list", lambda call: server.tools.listed(call), revisions.ALL)
    server.method("tools/call", lambda call: server.tools.call(call), revisions.ALL)
