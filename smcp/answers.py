"""What a finished command comes to: an answer, or an error by a stable code.

The codes are `invalid_arguments`, `plugin_error`, `timeout`, `output_too_large`, `invalid_result` and
`internal_error`. Nothing here knows MCP's messages.
"""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from smcp import content, documents
from smcp.discovery import Command
from smcp.runner import End, Outcome

log = logging.getLogger(__name__)

PARTIAL = 200
"""Characters of what a command had written when its time was up."""

LONGEST = 4000
"""Characters of a message that is the plugin's own."""


@dataclass(frozen=True)
class Answer:
    """The end of a call: `text`, and for a call that failed the members of its error (`code`, `message` …).

    `structured` is the result of a command that describes one: the JSON object that `text` says, too. `blocks` are the
    content blocks of a command that shows some; then, without a result, there is no text beside them.
    """

    text: str
    error: Mapping[str, Any] | None = None
    structured: Mapping[str, Any] | None = None
    blocks: tuple[content.Block, ...] | None = None


def failed(code: str, message: str, **details: Any) -> Answer:
    """Return the answer of a call that came to nothing."""
    return Answer(message, {"code": code, "message": message, **details})


def unstarted(command: Command, error: OSError) -> Answer:
    """Return the answer for a command that the operating system didn't start."""
    if error.errno == errno.E2BIG:
        return failed("invalid_arguments", "the arguments are longer than a command line may be")
    log.error("%s can't be started: %s", command.tool_name, error)
    return failed("internal_error", f"{command.tool_name} can't be started")


def judged(command: Command, outcome: Outcome, timeout: float | None, max_output: int) -> Answer:
    """Return the answer that an outcome is. `timeout` (seconds) and `max_output` (bytes) are the limits it had."""
    text = outcome.stdout.decode("utf-8", "replace").strip()
    if outcome.end is End.TIMED_OUT:
        message = f"{command.tool_name} was ended after {timeout or 0:g} s without finishing"
        return failed("timeout", message + (f"; it had written: {text[:PARTIAL]}" if text else ""))
    if outcome.end is End.TOO_MUCH_OUTPUT:
        return failed("output_too_large", f"{command.tool_name} wrote more than {max_output} bytes")
    if outcome.end is End.STOPPED:  # nobody waits for this any more
        return failed("internal_error", f"{command.tool_name} was stopped")
    if outcome.exit_code == 0:
        return _succeeded(command, text, outcome.stdout)
    # No argument values here: they may be secrets. What the plugin itself writes to stderr is its own affair.
    stderr = outcome.stderr.decode("utf-8", "replace").strip()
    log.warning("%s exited with code %d%s", command.tool_name, outcome.exit_code, stderr and f": {stderr}")
    return _complained(text, outcome)


def _succeeded(command: Command, text: str, stdout: bytes) -> Answer:
    if command.result_validator is None and not command.has_content:
        return Answer(text)
    try:
        printed = documents.parsed(stdout)
        fault = _fault(command, printed)
    except ValueError as error:
        printed, fault = None, f"it is no strict JSON in UTF-8: {error}"
    if fault is None:
        return _described(command, printed)
    log.error("%s printed something else than the result it describes: %s", command.tool_name, fault)
    return failed("invalid_result", f"{command.tool_name} printed something else than the result it describes: {fault}")


def _described(command: Command, printed: Any) -> Answer:
    """The answer that a valid document is."""
    blocks, result = content.parted(command.described, printed)
    if command.result_validator is None:
        return Answer("", blocks=tuple(blocks))
    shown = None if blocks is None else tuple(blocks)
    return Answer(json.dumps(result, ensure_ascii=False), structured=result, blocks=shown)


def _fault(command: Command, printed: Any) -> str | None:
    """Say what is wrong with what was printed, without showing it: that may be long."""
    if documents.too_deep(printed):
        return f"it is nested in more than {documents.MAX_DEPTH} levels"
    blocks, result = content.parted(command.described, printed)
    try:
        fault = content.problem(blocks) if command.has_content else None
        return fault or _misfit(command.result_validator, result)
    except (OverflowError, RecursionError):  # a number beyond a float, or a schema that leads round in circles
        return "it can't be checked"


def _misfit(validator: Draft202012Validator | None, result: Any) -> str | None:
    error = next(validator.iter_errors(result), None) if validator is not None else None
    if error is None:
        return None
    where = "".join(f"/{step}" for step in error.absolute_path) or "the object"
    return f"{where} breaks {error.validator}: {json.dumps(error.validator_value)[:PARTIAL]}"


def _complained(text: str, outcome: Outcome) -> Answer:
    """The answer for a plugin that exited non-zero: its own message if it printed one as JSON."""
    try:
        printed = documents.parsed(outcome.stdout)
    except ValueError:
        printed = None
    own = printed.get("error") if isinstance(printed, dict) else None
    inner: Mapping[str, Any] = own if isinstance(own, dict) else {}
    message = _message(inner.get("message", own)) or text
    code = inner.get("code", printed.get("code") if isinstance(printed, dict) else None)
    details: dict[str, Any] = {"exit_code": outcome.exit_code}
    if isinstance(code, str):
        details["plugin_code"] = code
    unsaid = f"the plugin exited with code {outcome.exit_code} (no output)"
    return failed("plugin_error", _shortened(message) or unsaid, **details)


def _message(own: Any) -> str:
    """A plugin's "error" as text: a string as it is, anything else as JSON, nothing for nothing."""
    if own is None or isinstance(own, str):
        return own or ""
    return json.dumps(own, ensure_ascii=False)


def _shortened(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"
