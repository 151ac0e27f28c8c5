"""What several faults do to tools and to their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutants.faults import override
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json


def describe(machine: Machine, change: Callable[[Json], Json]) -> None:
    """Change how every tool is shown."""
    override(machine.server.tools, "describe", lambda describe, tool, revision: change(describe(tool, revision)))


def redefine(machine: Machine, name: str, **members: Any) -> None:
    """Change members of one tool, for the list and for calls alike."""
    tools = machine.server.tools.tools
    tools[name] = tools[name]._replace(definition={**tools[name].definition, **members})


def show(machine: Machine, name: str, **members: Any) -> None:
    """Change how one tool is shown, and nothing else."""
    describe(machine, lambda shown: {**shown, **members} if shown.get("name") == name else shown)


def add_tool(machine: Machine, name: str) -> None:
    """Offer one more tool."""
    tools = machine.server.tools.tools
    tools[name] = tools["fail"]._replace(name=name)


def without(members: Json, name: str) -> Json:
    """An object without one of its members."""
    return {member: value for member, value in members.items() if member != name}


def change_runs(machine: Machine, name: str, change: Callable[[Json], Any]) -> None:
    """Pass the results of one tool through `change`."""

    def run(original: Any, tool: Any, call: Call, arguments: Json) -> Any:
        result = original(tool, call, arguments)
        return change(result) if tool.name == name else result

    override(machine.server.tools, "run", run)


def fail_with(error: Exception) -> Any:
    """Raise, where only an expression fits."""
    raise error
