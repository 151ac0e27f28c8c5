"""Judge one finished call: how it ended, what it printed, and whether that is an answer or a refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from smcp_conformance.cli.crowd import MOST
from smcp_conformance.cli.runner import Run
from smcp_conformance.inherited import inherited_secrets
from smcp_conformance.masking import masked
from smcp_conformance.tracebacks import ours
from smcp_conformance.wording import stderr_lines

__tracebackhide__ = ours
TRACEBACK = b"Traceback (most recent call last)"
_SHOWN = 300
_ARGUMENTS_SHOWN = 200  # in the line of what was got; the call itself is shown whole


class Violation(AssertionError):
    """A call that broke a promise: what was got, what must be, and the call. As text, all of them, masked.

    `inputs` are the generated arguments that led to it, which need not be those of the call; None if there were none.
    """

    def __init__(self, got: str, must_be: str, answer: Answer | None = None) -> None:
        super().__init__(f"got {got}, must be {must_be}")
        self.got = got
        self.must_be = must_be
        self.answer = answer
        self.inputs: Mapping[str, Any] | None = None

    @property
    def called(self) -> str:
        """The arguments of the call, shortened, as the end of what was got; "" without any."""
        if self.answer is None or self.answer.arguments is None:
            return ""
        return f" for {brief_json(self.answer.arguments)} {self.answer.fault}".rstrip()

    @property
    def calls_shown(self) -> list[str]:
        """Lines on the call."""
        return call_lines(self.answer) if self.answer else []

    @property
    def story(self) -> list[str]:
        """Lines on the call and its end."""
        return [*self.calls_shown, *end_lines(self.answer)] if self.answer else []

    def __str__(self) -> str:
        told = super().__str__()
        if not self.story:
            return told
        return masked("\n  ".join([told, *self.story]), inherited_secrets(os.environ))


class NotJson(ValueError):
    """Text that is not exactly one strict JSON document; says why."""


@dataclass(frozen=True)
class Answer:
    """One call and its end.

    `command` and `arguments` are what was meant by the words in `run.argv`, if anything; `fault` is what is wrong
    with them ("without the required 'a'").
    """

    run: Run
    command: str = ""
    arguments: Mapping[str, Any] | None = None
    fault: str = ""

    def broke(self, got: str, must_be: str) -> NoReturn:
        """Raise the `Violation` that this call shows."""
        raise Violation(got, must_be, self)

    def must_have_ended(self) -> None:
        """Demand that it came to an end by itself, without a signal and without a traceback."""
        run = self.run
        if run.timed_out:
            self.broke(f"no end within {run.seconds:.1f} s", "an answer within the time limit")
        if run.flooded:
            self.broke(f"more than {len(run.stdout)} bytes on stdout", "an answer of bounded size")
        if run.crowded:
            self.broke(f"more than {MOST} processes at a time", "an answer without them")
        if run.returncode < 0:
            self.broke(f"death by signal {-run.returncode}", "an exit code")
        if TRACEBACK in run.stderr or TRACEBACK in run.stdout:
            self.broke(f"a traceback, {_last_line(run.stderr or run.stdout)}", "a JSON answer")

    def must_have_exited_with_0(self) -> None:
        """Demand that it came to an end by itself, and went well."""
        self.must_have_ended()
        if self.run.returncode != 0:
            self.broke(f"exit code {self.run.returncode}", "exit code 0")

    def must_be_document(self) -> Any:
        """Demand exactly one strict JSON document on stdout and return it, parsed."""
        try:
            return strict_json(self.run.stdout)
        except NotJson as reason:
            self.broke(f"stdout that is {reason}", "exactly one strict JSON document in UTF-8")

    def must_be_refusal(self) -> None:
        """Demand a non-zero exit code and an error in JSON."""
        self.must_have_ended()
        if self.run.returncode == 0:
            self.broke("exit code 0", "a non-zero exit code")
        if not is_error(self.must_be_document()):
            self.broke(f"{shown(self.run.stdout)} on stdout", 'a JSON object with a member "error"')

    @property
    def ended(self) -> bool:
        """True if `must_have_ended` has nothing to say."""
        try:
            self.must_have_ended()
        except Violation:
            return False
        return True

    @property
    def printed(self) -> object:
        """What it printed, to be compared: JSON if it can be, so that 1 is the same as 1.0, else the bytes."""
        try:
            return self.document
        except NotJson:
            return self.run.stdout

    @property
    def document(self) -> Any:
        """The parsed document. Raises `NotJson` if there is none."""
        return strict_json(self.run.stdout)


def is_error(document: object) -> bool:
    """Tell whether a document is an error: an object whose "error" is there and not null."""
    return isinstance(document, dict) and document.get("error") is not None


def strict_json(raw: bytes) -> Any:
    """Parse exactly one JSON document in UTF-8 (RFC 8259): no NaN or Infinity, no name twice, nothing around it.

    Raises `NotJson`, whose text continues "stdout that is …".
    """
    if not raw.strip():
        raise NotJson("empty")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"no UTF-8 at byte {error.start}: {shown(raw)}") from None
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_name_twice)
    except NotJson as reason:
        raise NotJson(f"{reason}: {shown(raw)}") from None
    except json.JSONDecodeError as error:
        what = "JSON with more behind it" if error.msg == "Extra data" else "no JSON"
        raise NotJson(f"{what} (line {error.lineno} column {error.colno}): {shown(raw)}") from None
    except (RecursionError, ValueError) as error:  # ValueError: more digits than int() takes
        raise NotJson(f"JSON beyond what can be read ({error}): {shown(raw)}") from None


def call_lines(answer: Answer) -> list[str]:
    """The arguments in JSON, if there were any, and the call as a line for a shell."""
    arguments = "" if answer.arguments is None else json.dumps(answer.arguments, ensure_ascii=False)
    given = [f"arguments: {arguments} {answer.fault}".rstrip()] if arguments else []
    return [*given, f"call:      {answer.run.replay}"]


def end_lines(answer: Answer) -> list[str]:
    """How a call ended, what it printed, and the last lines that it wrote to stderr."""
    run = answer.run
    return [
        f"exit code: {'none, ended by us' if run.ended_by_us else run.returncode}",
        f"stdout:    {shown(run.stdout)}",
        *stderr_lines(run.stderr.decode("utf-8", "backslashreplace"), "stderr:   "),
    ]


def brief_json(arguments: Mapping[str, Any]) -> str:
    """The arguments in JSON, shortened; what JSON can't hold stands as Python would write it."""
    text = json.dumps(arguments, ensure_ascii=False, default=repr)
    return text if len(text) <= _ARGUMENTS_SHOWN else f"{text[:_ARGUMENTS_SHOWN]}…"


def shown(raw: bytes) -> str:
    """The bytes as a Python string, shortened."""
    text = raw.decode("utf-8", "backslashreplace")
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"no strict JSON, it holds {name}")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"an object that names {twice!r} twice")
    return built


def _last_line(raw: bytes) -> str:
    return shown(raw.strip().rpartition(b"\n")[2])
