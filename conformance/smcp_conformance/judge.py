"""From a check and a leg to a verdict: the one place where exceptions become verdicts."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from smcp_conformance.baseline import refusal
from smcp_conformance.catalogue import requirement, severity
from smcp_conformance.launch import StartError
from smcp_conformance.leg import Leg
from smcp_conformance.masking import masked
from smcp_conformance.reply import SHOWN, HandshakeRefused, brief
from smcp_conformance.requirement import Breach, Check, NotApplicable, NotVerified, Requirement, Verdict
from smcp_conformance.wire.errors import Died, NoAnswer, TooLarge, Unreachable
from smcp_conformance.wire.transcript import Frame
from smcp_conformance.wording import enumerated, last_lines

GOT_MUST_BE = re.compile(r"\s*got (?P<got>.*?), must be (?P<must_be>.*?)(?:\nassert .*)?\s*\Z", re.DOTALL)
FRAMES_SHOWN = 12
WIRE = "wire"  # why an attempt failed: the server died or fell silent
PATIENCE = 5  # checks in a row without any answer, after which the others are not even tried
NAMES_SHOWN = 5
LAST_WORDS = 0.3  # seconds in which what was written to stderr must have come through its pipe
UNSEEN = "the server sent nothing of this kind"
OF_CALLS = ("server/tools/", "basic/patterns/progress")  # pages whose monitors look at what calls of tools bring
MASKED_WHOLE = 100_000  # characters; a longer text costs too much time for what is shown of it


@dataclass(frozen=True)
class Judgement:
    """A verdict and its grounds. `exchange` and `stderr` are text as shown to people, not yet masked.

    `reason` says why nothing could be verified, or why a violation only warns; `internal` marks an error of ours.
    """

    verdict: Verdict
    check: str
    requirement: str
    level: str
    link: str
    text: str
    got: str = ""
    must_be: str = ""
    reason: str = ""
    exchange: str = ""
    stderr: str = ""
    internal: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of it, for reports that cross process borders."""
        return {**asdict(self), "verdict": self.verdict.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Judgement:
        """Undo `to_json`."""
        return cls(**{**data, "verdict": Verdict(data["verdict"])})


def applicable(check: Check, transport: str, revision: str) -> bool:
    """Tell whether any requirement of `check` concerns such a leg."""
    if check.transports and transport not in check.transports:
        return False
    return any(requirement(id).concerns(transport, revision) for id in check.requirements)


def primary(check: Check, transport: str, revision: str) -> Requirement:
    """The requirement that sets the severity: the first that concerns the leg."""
    concerned = (requirement(id) for id in check.requirements)
    return next(found for found in concerned if found.concerns(transport, revision))


def judge(check: Check, leg: Leg) -> Judgement:
    """Run `check` on `leg`; what fails in a session that others have used gets a second, fresh hearing.

    In the shared session that is so only for a server that fell silent or died: a wrong answer is a wrong answer.
    """
    rule = primary(check, leg.offer.transport, leg.offer.revision)
    if rule.capability and not leg.offer.declares(rule.capability):
        return _judgement(Verdict.NOT_APPLICABLE, check, rule, leg, reason=f"{rule.capability} is not declared")
    if leg.silences >= PATIENCE and not check.silence and not check.monitor:
        reason = f"given up: {leg.silences} checks in a row got no answer"
        return _judgement(Verdict.NOT_VERIFIED, check, rule, leg, reason=reason)
    if leg.torrent.reason and not check.monitor:
        return _judgement(Verdict.NOT_VERIFIED, check, rule, leg, reason=leg.torrent.reason)
    leg.begin(check.id)
    found = _attempt(check, rule, leg)
    suspicious = check.wants == "fresh" or (check.wants in ("session", "leg") and found.reason == WIRE)
    if found.verdict is Verdict.FAILED and suspicious:
        leg.forget_shared()
        leg.begin(check.id)
        found = _attempt(check, rule, leg)
    leg.silences = leg.silences + 1 if found.reason == WIRE else 0
    return _grade(_seen(found, check, leg), check, leg)


def rehearse(checks: Iterable[Check], leg: Leg) -> None:
    """Run those of `checks` that have not run on `leg` yet, for the sake of the traffic that monitors judge."""
    for check in checks:
        if check.id not in leg.begun:
            judge(check, leg)


def _seen(found: Judgement, check: Check, leg: Leg) -> Judgement:
    """Turn silence, or refusal of the plainest, into "not verified", unless it is the very violation.

    Who saw nothing accuses nobody.
    """
    if found.verdict is not Verdict.FAILED or (check.silence if found.reason == WIRE else check.refusal):
        return found
    why = found.got if found.reason == WIRE else "" if check.monitor else refusal(leg, check.id)
    reason = f"{why}, which is judged on its own"
    return replace(found, verdict=Verdict.NOT_VERIFIED, reason=reason, must_be="") if why else found


def _attempt(check: Check, rule: Requirement, leg: Leg) -> Judgement:
    def say(verdict: Verdict, **more: Any) -> Judgement:
        return _judgement(verdict, check, rule, leg, **more)

    try:
        return _watched(check, rule, leg) if check.monitor else _exercised(check, rule, leg)
    except NotApplicable as reason:
        return say(Verdict.NOT_APPLICABLE, reason=str(reason))
    except (NotVerified, TooLarge) as reason:
        return say(Verdict.NOT_VERIFIED, reason=str(reason))
    except AssertionError as violation:
        named = violation.requirement if isinstance(violation, Breach) else ""
        broken = requirement(named) if named else rule
        told = {name: _short(leg)(text) for name, text in parse(str(violation)).items()}
        return _judgement(Verdict.FAILED, check, broken, leg, **told)
    except (Died, NoAnswer, Unreachable) as failing:
        return say(Verdict.FAILED, got=_short(leg)(str(failing)), must_be="an answer", reason=WIRE)
    except HandshakeRefused as refused:
        return say(Verdict.NOT_VERIFIED, reason=f"no session could be opened: {refused}")
    except StartError as error:
        return say(Verdict.NOT_VERIFIED, reason=f"the server could not be started again: {error.explanation}")
    except Exception:
        # An error of the check itself must be seen, and must not be read as an accusation of the server.
        return say(Verdict.NOT_VERIFIED, reason="error in the check itself", got=traceback.format_exc(), internal=True)


def _exercised(check: Check, rule: Requirement, leg: Leg) -> Judgement:
    with subject(check, leg) as subjected:
        check.function(subjected)
    return _judgement(Verdict.PASSED, check, rule, leg)


@contextmanager
def subject(check: Check, leg: Leg) -> Iterator[Any]:
    """What the check's parameter asks for."""
    if check.wants == "fresh":
        with leg.second_hand() as session:
            yield session
    elif check.wants == "connection":
        with leg.connection() as session:
            yield session
    else:
        yield leg.session if check.wants == "session" else leg


def _watched(check: Check, rule: Requirement, leg: Leg) -> Judgement:
    watch = leg.watch(check)
    if not watch.seen:
        return _judgement(Verdict.NOT_VERIFIED, check, rule, leg, reason=UNSEEN + _uncalled(check, leg))
    if not watch.complaints:
        return _judgement(Verdict.PASSED, check, rule, leg)
    worst = watch.complaints[0]
    shown = {name: _short(leg)(text) for name, text in parse(worst.observation.complaint or "").items()}
    by = f" (seen during {worst.observation.frame.probe})" if worst.observation.frame.probe else ""
    found = _judgement(Verdict.FAILED, check, rule, leg, got=shown["got"] + by, must_be=shown["must_be"])
    return replace(found, exchange=render(worst.excerpt, _short(leg)))


def end_of(stderr: str) -> str:
    """The end of what a server wrote to stderr, saying how much is left out: a long log would bury the exchange."""
    kept, left_out = last_lines(stderr)
    cut = [f"… {left_out} lines before these, which --smcp-replay shows"] if left_out else []
    return "\n".join([*cut, *kept])


def stderr_of(leg: Leg, patience: float = 0.0) -> str:
    """What the server wrote to stderr; nothing yet is asked for once more, `patience` seconds later at most."""
    process = leg.host.process
    if process is None:
        return ""
    if patience and not process.stderr_tail():
        process.wait(patience)
    return process.stderr_tail().decode("utf-8", "replace")


def _uncalled(check: Check, leg: Leg) -> str:
    """Which tools might have brought it, had they been called; none for what other requests bring."""
    if leg.torrent.reason:
        return f"; {leg.torrent.reason}"
    if not check.page.startswith(OF_CALLS):
        return ""
    names = [str(tool.get("name")) for tool in leg.tools if tool not in leg.callable_tools]
    return f"; not called: {enumerated(names, NAMES_SHOWN)} (--smcp-allow-tools 'GLOB' allows it)" if names else ""


def _judgement(verdict: Verdict, check: Check, rule: Requirement, leg: Leg, **more: Any) -> Judgement:
    exchange, stderr = "", ""
    if verdict in (Verdict.FAILED, Verdict.NOT_VERIFIED):
        exchange = "\n".join(render(mine(conversation.frames, check.id), _short(leg)) for conversation in leg.used)
        stderr = end_of(_hide(leg, stderr_of(leg, LAST_WORDS if verdict is Verdict.FAILED else 0.0)))
    return Judgement(
        verdict,
        check.id,
        rule.id,
        rule.level.value,
        rule.links[leg.offer.revision],
        rule.text,
        **{"exchange": exchange, "stderr": stderr, **more},
    )


def _short(leg: Leg) -> Callable[[str], str]:
    """Cut a text short once its secrets are gone: half a secret is harder to find. (All is masked again at the end.)"""
    return lambda text: brief(_hide(leg, text) if len(text) <= MASKED_WHOLE else text, SHOWN)


def _hide(leg: Leg, text: str) -> str:
    return masked(text, leg.host.target.secrets, leg.policy.mask)


def _grade(found: Judgement, check: Check, leg: Leg) -> Judgement:
    """Let a violation fail only where the requirement is hard and no row of `severity.toml` knows better."""
    rule = requirement(found.requirement)
    if found.verdict is not Verdict.FAILED:
        return found
    row = severity().get(rule.id)
    silenced = found.reason == WIRE  # died or fell silent: no row speaks of that
    if row is not None and not silenced and row.lowers(check.name, leg.offer.transport):
        return replace(found, verdict=row.to, reason=row.reason)
    if rule.hard:
        return replace(found, reason="")
    return replace(found, verdict=Verdict.WARNED, reason=f"{rule.level.value}, basis {rule.basis}")


def parse(message: str) -> dict[str, str]:
    """Split "got …, must be …"; any other text is what was got."""
    match = GOT_MUST_BE.match(message)
    return match.groupdict() if match else {"got": message.partition("\nassert ")[0], "must_be": ""}


def mine(frames: tuple[Frame, ...], probe: str) -> tuple[Frame, ...]:
    """The frames that fell to the check `probe`."""
    return tuple(frame for frame in frames if frame.probe == probe)


def render(frames: tuple[Frame, ...], show: Callable[[str], str] = brief) -> str:
    """Show frames, one a line: time, direction, channel, bytes; the middle of many is left out."""
    half = FRAMES_SHOWN // 2
    kept = frames if len(frames) <= FRAMES_SHOWN else (*frames[:half], None, *frames[-half:])
    lines = [
        f"   … {len(frames) - FRAMES_SHOWN} more" if f is None else f"{f.at:7.3f} {f.direction.value} {show(f.text)}"
        for f in kept
    ]
    return "\n".join(lines)
