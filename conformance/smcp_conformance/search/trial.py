"""One check of one tool at work: what its function is handed, and what a violation is told with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smcp_conformance.generate.faults import Fault
from smcp_conformance.judge import parse
from smcp_conformance.reply import Reply, brief
from smcp_conformance.requirement import ENDED, Breach
from smcp_conformance.search.subject import NO_JSON, Silence, Subject
from smcp_conformance.search.tool_check import ToolCheck

NOT_STEADY = "; it was not so when the same call was made again on a fresh process"
Case = Fault | Mapping[str, Any]


def arguments_of(case: Case) -> Mapping[str, Any]:
    """The arguments of a case: those of a fault are its value."""
    found: Mapping[str, Any] = case.value if isinstance(case, Fault) else case
    return found


class Unseen(Exception):
    """A call brought nothing that the check could judge."""


class Unsteady(Unseen):
    """Equal calls were answered differently, so that nothing can be compared with them."""


class Silent(Exception):
    """A call brought no answer."""

    def __init__(self, silence: Silence) -> None:
        super().__init__(silence.text)
        self.requirement = silence.requirement


class Violation(Breach):
    """A check's complaint with the `case` that shows it; the text reads "got from TOOL with ARGUMENTS: …, must be …".

    `others` are the ids of further faults that fare alike.
    """

    others: tuple[str, ...] = ()

    def __init__(self, got: str, must_be: str, tool: str, case: Case, note: str = "") -> None:
        fault = f" ({case.id})" if isinstance(case, Fault) else ""
        shown = f"from {tool!r} with {brief(arguments_of(case))}{fault}: {got}{note}"
        super().__init__(f"got {shown}, must be {must_be}" if must_be else f"got {shown}")
        self.got, self.must_be, self.tool, self.case, self.note = got, must_be, tool, case, note

    @property
    def died(self) -> bool:
        """True if the server did, which breaks a requirement of its own: slowness may be right, death never."""
        return self.requirement == ENDED

    def noted(self, note: str) -> Violation:
        """The same with a remark of its own."""
        made = Violation(self.got, self.must_be, self.tool, self.case, note)
        made.requirement, made.others = self.requirement, self.others
        return made


@dataclass
class Trial:
    """A check on a subject. `judged` counts the cases that it came to the end of, `unjudged` says why others weren't.

    `unsteady` says that chance had a say in one of those, if it had.
    `hints` are what is worth telling, though no violation; `first` is the first violation, as it was before any other
    arguments were tried.
    """

    check: ToolCheck
    subject: Subject
    judged: int = 0
    unjudged: str = ""
    unsteady: str = ""
    hints: dict[str, int] = field(default_factory=dict)
    first: Violation | None = None

    @property
    def tool(self) -> Mapping[str, Any]:
        """The tool as listed."""
        return self.subject.tool

    def reply(self, arguments: Mapping[str, Any]) -> Reply:
        """The answer to a call with `arguments`, made now or known from before."""
        found = self.subject.outcome(arguments)
        if found is None:
            raise Unseen(self.subject.closed)
        return self._answer(found)

    def another(self, arguments: Mapping[str, Any]) -> Reply:
        """The answer to another call with `arguments`; raises as `reply` does."""
        found = self.subject.call(arguments) if self.reply(arguments) else None
        if found is None:
            raise Unseen(self.subject.closed)
        return self._answer(found)

    def success(self, arguments: Mapping[str, Any]) -> Reply:
        """The answer if it is a complete result that is no error; otherwise there is nothing to judge."""
        reply = self.reply(arguments)
        if not reply.is_complete or reply.is_error_result:
            raise Unseen(f"no call succeeded; one was answered with {reply}")
        return reply

    def skip(self, reason: str) -> None:
        """Leave a case that has nothing to judge."""
        raise Unseen(reason)

    def hint(self, text: str) -> None:
        """Count something that users may want to know."""
        self.hints[text] = self.hints.get(text, 0) + 1

    def judge(self, case: Case) -> None:
        """Call the check's function with a case; raises `Violation`."""
        try:
            self._judge(case)
        except Violation as found:
            self.first = self.first or found
            raise

    def _judge(self, case: Case) -> None:
        try:
            self.check.function(self, case if isinstance(case, Fault) else dict(case))
        except Unseen as why:
            self.unjudged = self.unjudged or str(why)
            self.unsteady = self.unsteady or (str(why) if isinstance(why, Unsteady) else "")
            return
        except Silent as silent:
            if self.check.silence:
                must_be = "an answer in JSON and UTF-8" if silent.requirement == NO_JSON else "an answer"
                found = Violation(str(silent), must_be, self.subject.name, case)
                found.requirement = silent.requirement
                raise found from None
            self.unjudged = self.unjudged or f"{silent}, which is judged on its own"
            return
        except AssertionError as complaint:
            said = parse(str(complaint))
            raise Violation(said["got"], said["must_be"], self.subject.name, case) from None
        self.judged += 1

    def violation(self, case: Case) -> Violation | None:
        """The violation that a case shows, if any."""
        try:
            self.judge(case)
        except Violation as found:
            return found
        return None

    def confirmed(self, found: Violation) -> Violation | None:
        """The violation seen again on a fresh process, with all the time that calls have; None if it wasn't."""
        arguments = arguments_of(found.case)
        self.subject.afresh()
        self.subject.forget(arguments)
        self.subject.begin(self.check.silence)
        return self.violation(found.case)

    def _answer(self, found: Reply | Silence) -> Reply:
        if isinstance(found, Silence):
            raise Silent(found)
        return found
