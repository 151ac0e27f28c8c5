"""The lines at the top of a run: what each word resolved to, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.options import Options


def header(options: Options, discoveries: Iterable[Discovery], known_entries: int, rootdir: Path) -> Iterator[str]:
    """Yield the lines, not yet masked."""
    yield f"smcp-conformance: {_subjects(options)}"
    yield f"  policy: {_policy(options)}"
    if options.known_failures:
        yield f"  known failures: {_relative(options.known_failures, rootdir)} ({_number(known_entries, 'entry')})"
    for discovery in discoveries:
        yield f"target {discovery.target}:"
        yield from (f"  {note}" for note in discovery.notes)
        yield from (f"  leg {_leg(offer)}" for offer in discovery.offers)
        if discovery.failure:
            yield f"  no leg: {discovery.failure.splitlines()[0]}"


def _subjects(options: Options) -> str:
    revisions = options.revisions if isinstance(options.revisions, str) else ", ".join(options.revisions)
    plugins = f" and plugins in {', '.join(map(str, options.plugins))}" if options.plugins else ""
    return f"{_number(len(options.targets), 'target')}{plugins} from {options.origin}; revisions: {revisions}"


def _policy(options: Options) -> str:
    policy = options.policy
    allowed = "".join(f", {glob!r}" for glob in policy.allow_tools)
    strict = "; warnings fail" if options.strict else ""
    return (
        f"tools called: those that say readOnlyHint{allowed}; start within {policy.start_timeout:g} s, "
        f"reply within {policy.reply_timeout:g} s, messages up to {policy.max_message} bytes{strict}"
    )


def _leg(offer: Offer) -> str:
    name, version = offer.server.get("name"), offer.server.get("version")
    said = " ".join(str(part) for part in (name, version) if part) or "a server that gives no name"
    return f"{offer.leg}: {said}"


def _number(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count} {noun if count == 1 else plural}"


def _relative(path: Path, rootdir: Path) -> str:
    return str(path.relative_to(rootdir)) if path.is_relative_to(rootdir) else str(path)
