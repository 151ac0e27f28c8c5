"""Commands as laws call them, and what becomes of a law that does not hold."""

from __future__ import annotations

import json
import linecache
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion import util  # private, and the one place where pytest can be kept from comparing at length
from hypothesis.errors import HypothesisException

from smcp_conformance.cli.answer import Answer, Violation, brief_json, is_error, shown
from smcp_conformance.cli.check import only_if
from smcp_conformance.cli.command import Command, HangsTooOften
from smcp_conformance.cli.law_file import line_in
from smcp_conformance.cli.runner import sayable
from smcp_conformance.laws import Law, Refused
from smcp_conformance.requirement import NotApplicable, NotVerified, not_verified

CALLS_SHOWN = 10
"""Calls of a broken law that are shown, the last ones."""

COMPARED = 2000
"""Characters of two values up to which pytest tells in detail how they differ."""

SHOWN = 300
"""Characters of an assertion that stand in the line of what was got."""

_DETAIL = re.compile(r"\n\s*(?:\n|\+ +where |\+ +and +)")
"""What pytest writes between the values of an assertion and where they come from, or how they differ."""

OURS = (Violation, HypothesisException, HangsTooOften, NotApplicable, NotVerified)
"""What passes through a law without being its own error."""


class BrokenLaw(Violation):
    """A law that does not hold: what it said, in short and in detail, and the calls that it had made.

    `inputs` are the generated arguments.
    """

    def __init__(
        self,
        got: str,
        must_be: str = "",
        *,
        detail: Sequence[str] = (),
        inputs: Mapping[str, Any] | None = None,
        calls: Sequence[Answer] = (),
    ) -> None:
        super().__init__(got, must_be, calls[-1] if calls else None)
        self.inputs = inputs
        self.detail = tuple(detail)
        self.calls = tuple(calls)

    @property
    def called(self) -> str:
        """The generated arguments, as the end of what was got."""
        return f" for {brief_json(self.inputs)}" if self.inputs else ""

    @property
    def calls_shown(self) -> list[str]:
        """The generated arguments and the last calls, each with its end."""
        left_out = len(self.calls) - CALLS_SHOWN
        return [
            *([f"arguments: {json.dumps(self.inputs, ensure_ascii=False, default=repr)}"] if self.inputs else []),
            *([f"… {left_out} calls before these"] if left_out > 0 else []),
            *(line for answer in self.calls[-CALLS_SHOWN:] for line in _call(answer)),
        ]

    @property
    def story(self) -> list[str]:
        """What the law said, then the calls."""
        return [*self.detail, *self.calls_shown]


class Handed:
    """One command, to be called by one run of a law; every call is added to `calls`."""

    def __init__(self, command: Command, calls: list[Answer]) -> None:
        self._command = command
        self._calls = calls

    def __call__(self, /, **arguments: Any) -> Any:
        """Call it and return the document; raises `Refused`, or `Violation` if it broke down."""
        answer = self._answer(arguments)
        if answer.run.returncode != 0:
            raise self._refused(answer)
        document = answer.must_be_document()
        if is_error(document):
            answer.broke(f"exit code 0 with the error {shown(answer.run.stdout)}", "a non-zero exit code with an error")
        return document

    def refusal(self, /, **arguments: Any) -> Refused:
        """Call it and return the refusal; raises `Violation` if it broke down, or gave a result."""
        answer = self._answer(arguments)
        if answer.run.returncode == 0:
            answer.broke(f"exit code 0 with {shown(answer.run.stdout)}", "a refusal")
        return self._refused(answer)

    def _answer(self, arguments: Mapping[str, Any]) -> Answer:
        given = _by_described_name(self._command, arguments)
        only_if(sayable(self._command.words(given)))
        answer = self._command.call(given)
        self._calls.append(answer)
        answer.must_have_ended()
        return answer

    def _refused(self, answer: Answer) -> Refused:
        answer.must_be_refusal()
        document = answer.document
        error = document["error"]
        inner = error if isinstance(error, dict) else {}
        code = document.get("code", inner.get("code", ""))
        message = inner.get("message", error)
        return Refused(self._command.name, str(code), str(message), document)


@contextmanager
def brief_comparisons() -> Iterator[None]:
    """Let pytest compare in detail only what is small; what is large is shown as it is, shortened.

    A law fails often while a search makes its arguments smaller, and to compare thousands of words takes minutes.
    """
    detailed = util._reprcompare

    def bounded(op: str, left: object, right: object) -> str | None:
        small = len(repr(left)) + len(repr(right)) <= COMPARED
        return detailed(op, left, right) if small and detailed is not None else None

    util._reprcompare = bounded
    try:
        yield
    finally:
        util._reprcompare = detailed


def hold(law: Law, commands: Sequence[Command], arguments: Mapping[str, Any]) -> None:
    """Run the law once. Raises `BrokenLaw`; an example for which it calls nothing counts for nothing."""
    calls: list[Answer] = []
    try:
        with brief_comparisons():
            returned = law.function(*(Handed(command, calls) for command in commands), **arguments)
    except Violation as violation:
        called = "" if violation.answer and violation.answer.arguments == arguments else violation.called
        broken = partial(BrokenLaw, violation.got + called, violation.must_be)
        raise broken(detail=_at(law, violation), inputs=arguments, calls=calls) from violation
    except OURS:
        raise
    except pytest.skip.Exception as reason:
        not_verified(f"the law says that it is to be skipped: {reason}")
    except (Exception, pytest.fail.Exception) as error:  # an assertion, or whatever else the author's code raises
        detail = [*_at(law, error), *_whole(error)]
        raise BrokenLaw(_told(error), _asserted(detail), detail=detail, inputs=arguments, calls=calls) from error
    if returned is not None:
        raise BrokenLaw(f"{returned!r} returned", "an assert: what a law returns means nothing", inputs=arguments)
    only_if(bool(calls))


def spelled(name: str) -> str:
    """A parameter's name as Python can write it."""
    return name.replace("-", "_").replace(".", "_")


def _by_described_name(command: Command, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `TypeError` for a name that is not described, and for what JSON can't hold."""
    described = {spelled(str(one["name"])): str(one["name"]) for one in command.parameters}
    for name, value in arguments.items():
        if spelled(name) not in described:
            known = ", ".join(described) or "none"
            raise TypeError(f"{command.name} has no parameter {name!r}; there is {known}")
        _written_strictly(command, name, value)
    return {described[spelled(name)]: value for name, value in arguments.items()}


def _written_strictly(command: Command, name: str, value: object) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise TypeError(f"{command.name}: {name}={value!r} must be something that JSON can hold") from None


def _at(law: Law, error: BaseException) -> list[str]:
    """Where in the law it went wrong, with the line itself."""
    path = law.function.__code__.co_filename
    line = line_in(error, Path(path))
    return [f"law:       {path}:{line}", f"  {linecache.getline(path, line).strip()}"] if line else []


def _asserted(detail: Sequence[str]) -> str:
    """What was asserted, from the law's own line; "" of anything else."""
    line = detail[1].strip() if len(detail) > 1 else ""
    return line.removeprefix("assert ") if line.startswith("assert ") else ""


def _told(error: BaseException) -> str:
    """What an error says, on one line: of an assertion the values, but not yet where they come from."""
    text = str(error).strip()
    if not isinstance(error, AssertionError):
        return _short(f"{type(error).__name__}: {text}")
    return _short(" ".join(_DETAIL.split(text)[0].split()).removeprefix("assert ") or "a failing assert")


def _whole(error: BaseException) -> list[str]:
    lines = str(error).strip().splitlines()
    return [f"  {line}" for line in lines] if len(lines) > 1 else []


def _call(answer: Answer) -> list[str]:
    run = answer.run
    ended = "ended by us" if run.ended_by_us else f"exit code {run.returncode}"
    return [f"call:      {run.replay}", f"           {ended}, stdout {shown(run.stdout)}"]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
