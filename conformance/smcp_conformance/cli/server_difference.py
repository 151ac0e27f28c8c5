"""The server page: whether a tool call through smcp comes to what the plugin's own command line answers.

Arguments are written by the rules of the contract's page (`spelling`), sent as clients may spell them, and both
answers are compared: the text, the structured content, the content blocks, and the error with its codes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from smcp import content
from smcp_conformance.cli.answer import Answer, NotJson, shown
from smcp_conformance.cli.bundled import Bundled, bundled
from smcp_conformance.cli.check import of_arguments, only_if
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.runner import Plugin, run
from smcp_conformance.cli.spelling import meant, spelt_arguments, words
from smcp_conformance.requirement import not_applicable, not_verified

MAX_TOOL_NAME = 64
MESSAGE = 4000
"""Characters of a plugin's own message that the server passes on."""

BESIDES = 5.0
"""Seconds that the server may take on top of the plugin's own."""


@of_arguments(spelt_arguments, page="server")
def server_answers_like_the_command_line(command: Command, arguments: dict[str, Any]) -> None:
    """A call through the server gives the answer that the command line gave to the same arguments.

    They are sent with hyphens for underscores and the other way round, wrapped as `{"item": …}`, and with null for
    what isn't given, too. Commands that aren't deterministic need only succeed or fail alike.
    """
    _must_be_served(command)
    given = meant(command, arguments)
    printed = command.say(words(command, given), given)
    only_if(not printed.run.ended_by_us)
    server = _server(command)
    told = _told(server, command, arguments, printed)
    if not _alike(command, _expected(command, printed, server.revision), told):
        _must_be_alike(server, command, arguments, given)


def _must_be_served(command: Command) -> None:
    plugin = command.plugin
    if plugin.command != _own_words(plugin):
        not_applicable(f"the server runs a cli.py by its own interpreter, this plugin is run by {plugin.command[0]!r}")
    if len(command.tool_name) > MAX_TOOL_NAME:
        not_applicable("the tool's name is too long to be offered, which another check reports")


def _own_words(plugin: Plugin) -> tuple[str, ...]:
    return (sys.executable, str(plugin.folder / "cli.py"))


def _server(command: Command) -> Bundled:
    from smcp_conformance.launch import StartError

    try:
        return bundled(command.plugin.folder.parent)
    except StartError as error:
        not_verified(f"the bundled server could not be started: {str(error).splitlines()[0]}")


def _must_be_alike(server: Bundled, command: Command, arguments: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Ask both once more, the command line in the server's own surroundings: they may be what the answer is about."""
    line = words(command, given)
    printed = Answer(run(command.plugin, line, cwd=server.place.cwd, env=server.env), command.name, given)
    only_if(not printed.run.ended_by_us)
    expected = _expected(command, printed, server.revision)
    told = _told(server, command, arguments, printed)
    again = Answer(run(command.plugin, line, cwd=server.place.cwd, env=server.env), command.name, given)
    only_if(_alike(command, expected, _expected(command, again, server.revision)))
    if not _alike(command, expected, told):
        sent = "" if arguments == given else f" for {json.dumps(arguments, ensure_ascii=False)}"
        printed.broke(f"{_brief(told)} from the server{sent}", f"{_brief(expected)}, as from the command line")


def _told(server: Bundled, command: Command, arguments: Mapping[str, Any], printed: Answer) -> Mapping[str, Any]:
    """What the server answers, without what differs by right."""
    from smcp_conformance.wire.errors import WireError

    tool = f"{command.plugin.folder.name}__{command.name}"
    try:
        reply = server.call(tool, arguments, command.plugin.timeout + BESIDES)
    except WireError as error:
        printed.broke(f"{error} from the server", f"the answer {shown(printed.run.stdout)} of the command line")
    if reply.error is not None:
        return {"protocol error": reply.error}
    result = reply.result
    if result.get("isError"):
        return {"error": result.get("structuredContent", {}).get("error")}
    return {"content": result.get("content"), "structuredContent": result.get("structuredContent")}


def _expected(command: Command, printed: Answer, revision: str) -> Mapping[str, Any]:
    """What the contract's page makes of what the command line printed."""
    text = printed.run.stdout.decode("utf-8", "replace").strip()
    if printed.run.returncode != 0:
        return {"error": _error(printed, text)}
    result_described, content_described = "result" in command.described, command.described.get("content") is True
    if not (result_described or content_described):
        return {"content": [{"type": "text", "text": text}], "structuredContent": None}
    document = _document(printed)
    only_if(document is not None)
    blocks, result = content.parted(command.described, document)
    suited = list(content.suited(blocks, revision)) if content_described else []
    first = [{"type": "text", "text": json.dumps(result, ensure_ascii=False)}] if result_described else []
    return {"content": [*first, *suited], "structuredContent": result if result_described else None}


def _document(printed: Answer) -> Any:
    """The JSON that was printed, None if it was none."""
    try:
        return printed.document
    except NotJson:
        return None


def _error(printed: Answer, text: str) -> Mapping[str, Any]:
    document = _document(printed)
    own = document.get("error") if isinstance(document, dict) else None
    inner = own if isinstance(own, dict) else {}
    code = inner.get("code", document.get("code") if isinstance(document, dict) else None)
    message = inner.get("message", own)
    told = message if isinstance(message, str) or message is None else json.dumps(message, ensure_ascii=False)
    said = told or text or f"the plugin exited with code {printed.run.returncode} (no output)"
    short = said if len(said) <= MESSAGE else f"{said[:MESSAGE]}…"
    details = {"plugin_code": code} if isinstance(code, str) else {}
    return {"code": "plugin_error", "message": short, "exit_code": printed.run.returncode, **details}


def _alike(command: Command, expected: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    if expected.keys() != told.keys():
        return False
    return not command.deterministic or _comparable(expected) == _comparable(told)


def _comparable(answer: Mapping[str, Any]) -> str:
    """An answer as text in which 1 is 1.0 but not true, and the text of a result is the result itself."""
    blocks = answer.get("content")
    if answer.get("structuredContent") is None or not isinstance(blocks, list) or not blocks:
        return json.dumps(_plain(answer), sort_keys=True)
    try:
        text = json.loads(blocks[0]["text"])
    except (KeyError, TypeError, ValueError):
        text = blocks[0]
    return json.dumps(_plain({**answer, "content": [text, *blocks[1:]]}), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _brief(answer: Mapping[str, Any]) -> str:
    return shown(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
