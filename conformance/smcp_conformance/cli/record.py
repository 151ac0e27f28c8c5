"""What a replay file keeps of a plugin's item: the plugin, the arguments, and the call with its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.runner import Plugin

EXCERPT = 8192
"""Bytes of each stream that are kept: the beginning of stdout, the end of stderr."""


def record(plugin: Plugin, violation: Violation | None) -> dict[str, Any]:
    """Make plain JSON of a violation, not yet masked.

    `inputs` are the least arguments that were found by a search, null where nothing was searched; the call's own
    `arguments` may differ from them.
    """
    answer = violation.answer if violation else None
    return {
        "name": plugin.name,
        "folder": str(plugin.folder),
        "inputs": _repeatable(violation.inputs) if violation else None,
        "call": _call(answer) if answer else None,
    }


def _repeatable(inputs: Mapping[str, Any] | None) -> Any:
    """The inputs if JSON can hold them, else None: an author's strategies may generate anything."""
    try:
        read_again = json.loads(json.dumps(inputs, allow_nan=False))
    except (TypeError, ValueError):
        return None
    return inputs if read_again == inputs else None


def _call(answer: Answer) -> dict[str, Any]:
    run = answer.run
    return {
        "command": answer.command,
        "arguments": answer.arguments,
        "fault": answer.fault,
        "argv": list(run.argv),
        "env": dict(run.env),
        "exit-code": None if run.ended_by_us else run.returncode,
        "stdout": _text(run.stdout[:EXCERPT]),
        "stderr": _text(run.stderr[-EXCERPT:]),
        "size": len(run.stdout),
    }


def _text(excerpt: bytes) -> str:
    return excerpt.decode("utf-8", "backslashreplace")
