"""Look for what makes a value mutant go wrong: a plain search over generated arguments, with all questions at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from mutants.values import MUTANTS, ValueMutant, command

from smcp_conformance.generate.faulty import faulty_values
from smcp_conformance.generate.grid import fault_grid
from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import valid_objects
from smcp_conformance.host import Host
from smcp_conformance.session import Session
from smcp_conformance.target import Policy, Target
from smcp_conformance.wire.errors import WireError
from smcp_conformance.wire.transcript import Frame

REVISION = "2025-11-25"
PATIENCE = 1.0
EXAMPLES = 200
PHASES = (Phase.generate, Phase.shrink)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@dataclass(frozen=True)
class Found:
    """What a search has come to: the calls until the first complaint, the simplest arguments for one, and all calls."""

    examples: int
    minimal: Mapping[str, Any]
    complaint: str
    calls: int


class Asked:
    """A value mutant, or its healthy twin, and a new process of it whenever the old one has ended or fallen silent."""

    def __init__(self, mutant: ValueMutant, *, healthy: bool = False) -> None:
        policy = Policy(start_timeout=15, reply_timeout=PATIENCE)
        self.mutant = mutant
        self.host = Host(Target("values", tuple(command(mutant.name, healthy=healthy)), policy=policy), spare=True)
        self.output = schema_root(mutant.output) if mutant.output else None
        self.calls = 0
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session with the process that runs."""
        if self._session is None or not self._session.alive:
            self.forget()
            self._session = self.host.connect(REVISION).open()
        return self._session

    def forget(self) -> None:
        """End the process that runs, if one does."""
        if self._session is not None:
            self._session.close()
        self._session = None

    def close(self) -> None:
        """End all processes."""
        self.forget()
        self.host.close()

    def answer(self, arguments: Mapping[str, Any]) -> Frame | None:
        """The first frame that a call brings; None, and a new process next time, if it brings none or no message."""
        self.calls += 1
        try:
            self.session.start("tools/call", {"name": "take", "arguments": arguments})
            frame = self.session.receive(PATIENCE)
        except WireError:
            frame = None
        if frame is None or not frame.is_response:
            self.forget()
            return None
        return frame

    def accuse_valid(self, arguments: Mapping[str, Any]) -> str | None:
        """What is wrong with the answers to valid arguments, if anything."""
        frame = self.answer(arguments)
        if frame is None:
            return "no answer, or none that can be read"
        return next(self._complaints(frame, arguments), None)

    def accuse_invalid(self, arguments: Mapping[str, Any]) -> str | None:
        """What is wrong with the answer to invalid arguments, if anything."""
        frame = self.answer(arguments)
        if frame is None:
            return "no answer, or none that can be read"
        if not (frame.message.get("result", {}).get("isError") or frame.message.get("error", {}).get("code") == -32602):
            return f"not refused: {frame.text}"
        return "tells a traceback" if "Traceback" in frame.text else None

    def _complaints(self, frame: Frame, arguments: Mapping[str, Any]) -> Iterator[str]:
        result = frame.message.get("result", {})
        if "error" in frame.message:
            yield f"an error: {frame.text}"
            return
        if not _well_formed(frame, result):
            yield f"not well formed: {frame.text}"
            return
        yield from self._structured(result)
        if self._differs(frame, arguments):
            yield f"another answer the second time than {frame.text}"
        for kind, same in self._same(arguments):
            if self._differs(frame, same):
                yield f"another answer {kind} than {frame.text}"

    def _structured(self, result: Mapping[str, Any]) -> Iterator[str]:
        if self.output is None or result.get("isError"):
            return
        if not self.output.accepts(result.get("structuredContent")):
            yield f"not as declared: {result}"
        if json.loads(result["content"][0]["text"]) != result["structuredContent"]:
            yield f"not mirrored: {result}"

    def _differs(self, frame: Frame, arguments: Mapping[str, Any]) -> bool:
        other = self.answer(arguments)
        return other is None or other.message.get("result") != frame.message.get("result")

    def _same(self, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if len(arguments) > 1:
            yield "in another order", dict(reversed(list(arguments.items())))
        for name, member in self.mutant.schema.get("properties", {}).items():
            if "default" in member:
                yield "with defaults", {**arguments, name: member["default"]} if name not in arguments else arguments


def _well_formed(frame: Frame, result: Mapping[str, Any]) -> bool:
    try:
        frame.raw.decode()
    except UnicodeDecodeError:
        return False
    content = result.get("content")
    return isinstance(content, list) and all(isinstance(item.get("text"), str) for item in content)


@contextmanager
def asked(name: str, *, healthy: bool = False) -> Iterator[Asked]:
    """A value mutant to ask, for the time of a block."""
    made = Asked(MUTANTS[name], healthy=healthy)
    try:
        yield made
    finally:
        made.close()


def search(asking: Asked, number: int = 0, examples: int = EXAMPLES) -> Found | None:
    """Look for arguments to complain of: valid ones, or invalid ones, those of the grid before those drawn."""
    schema = asking.mutant.schema
    if not asking.mutant.invalid:
        return searched(asking, valid_objects(schema), asking.accuse_valid, number, examples)
    accused = [(fault.value, asking.accuse_invalid(fault.value)) for fault in fault_grid(schema).faults]
    if wrong := [(value, complaint) for value, complaint in accused if complaint]:
        value, complaint = min(wrong, key=lambda pair: size(pair[0]))
        return Found(1 + accused.index(wrong[0]), value, complaint, asking.calls)
    drawn = faulty_values(schema).map(lambda fault: fault.value)
    return searched(asking, drawn, asking.accuse_invalid, number, examples)


def searched(
    asking: Asked,
    strategy: SearchStrategy[Any],
    accuse: Callable[[Any], str | None],
    number: int,
    examples: int = EXAMPLES,
) -> Found | None:
    """Draw examples by a seed until there is a complaint, and shrink that; None if there is none."""
    tried = [0]
    wrong: list[tuple[Mapping[str, Any], str]] = []

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=SLOW,
    )
    @given(strategy)
    def run(value: Any) -> None:
        tried[0] += not wrong
        if complaint := accuse(value):
            wrong.append((value, complaint))
            raise AssertionError("found")

    try:
        run()
    except AssertionError:
        value, complaint = wrong[-1]
        return Found(tried[0], value, complaint, asking.calls)
    return None


def size(arguments: Mapping[str, Any]) -> tuple[int, str]:
    """What makes arguments simpler than others: shorter JSON, of two of one length the one that sorts first."""
    spelled = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    return len(spelled), spelled
