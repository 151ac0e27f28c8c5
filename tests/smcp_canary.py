"""A plugin that leaves a trace on disk when it runs: the proof that a malformed request ran nothing."""

from __future__ import annotations

from pathlib import Path

from odd_plugin import write_plugin

TOOL = "canary__mark"

SOURCE = r"""
import json, os, sys

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
SPEC = {"plugin": {"name": "canary"}, "commands": [
    {"name": "mark", "description": "leaves a trace",
     "parameters": [{"name": "token", "type": "string", "required": True}]},
    {"name": "surrogate", "description": "prints half a character", "parameters": [], "result": TEXT},
    {"name": "listen", "description": "says what it reads from stdin", "parameters": []},
]}
name = sys.argv[1]
if name == "--describe":
    print(json.dumps(SPEC))
elif name == "mark":
    token = sys.argv[2].partition("=")[2]
    with open(os.environ["CANARY_TRACES"], "a", encoding="utf-8", errors="surrogateescape") as traces:
        traces.write(json.dumps(token) + "\n")
    print(json.dumps({"marked": True}))
elif name == "surrogate":
    print('{"text": "' + chr(92) + 'ud800"}')
elif name == "listen":
    print(json.dumps({"read": sys.stdin.read()}))
"""


def plugins(directory: Path) -> Path:
    """Write the plugin below the directory and return the plugins directory."""
    return write_plugin(directory / "plugins", "canary", SOURCE)


def traces(directory: Path) -> Path:
    """Where the plugin writes a line for each run; it goes into CANARY_TRACES."""
    return directory / "traces"


def marked(directory: Path) -> list[str]:
    """Return the lines that are there."""
    path = traces(directory)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
