"""The lines at the top of a run: what each word resolved to, and what was found."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from smcp_conformance.cli.page import CONTRACT
from smcp_conformance.offer import Discovery, Offer
from smcp_conformance.options import TYPED, Options
from smcp_conformance.report.known import KnownFailures
from smcp_conformance.target import Policy

if TYPE_CHECKING:
    from smcp_conformance.cli.command import Described


def header(
    options: Options, discoveries: Iterable[Discovery], plugins: Sequence[Described], known: str = ""
) -> Iterator[str]:
    """Yield the lines, not yet masked; `known` is what is said of known failures."""
    yield f"smcp-conformance: {_subjects(options, plugins)}"
    policies = {target.group: target.policy for target in options.targets}
    alike = len(set(policies.values())) == 1
    if alike:
        yield f"  policy: {_policy(options.targets[0].policy, options.strict)}"
    if known:
        yield f"  known failures: {known}"
    yield from (f"  note: {remark}" for target in options.targets for remark in target.remarks)
    yield from (f"  note: {remark}" for remark in options.remarks)
    for discovery in discoveries:
        yield f"target {discovery.target}:"
        yield from (f"  {note}" for note in discovery.notes)
        if not alike and discovery.group in policies:
            yield f"  policy: {_policy(policies[discovery.group], options.strict)}"
        yield from (f"  leg {_leg(offer)}" for offer in discovery.offers)
        if discovery.failure:
            yield f"  no leg: {discovery.failure.splitlines()[0]}"
    if options.plugins:
        yield from _shelves(options, plugins)


def known_line(options: Options, known: KnownFailures, groups: Iterable[str], rootdir: Path) -> str:
    """Say where the known failures stand, how many, and which of them this run can't judge; "" without a file."""
    if not options.known_failures:
        return ""
    others = [f"{entry.target!r} in line {entry.line}" for entry in known.entries if not entry.concerns(groups)]
    no_part = f", {len(others)} for targets that have no part in this run: {', '.join(others)}"
    elsewhere = no_part if others and options.origin == TYPED else ""
    return f"{_relative(options.known_failures, rootdir)} ({_number(len(known.entries), 'entry')}{elsewhere})"


def _subjects(options: Options, plugins: Sequence[Described]) -> str:
    subjects = [_number(len(options.targets), "target")] if options.targets else []
    subjects += [_number(len(plugins), "plugin")] if options.plugins else []
    revisions = options.revisions if isinstance(options.revisions, str) else ", ".join(options.revisions)
    spoken = f"; revisions: {revisions}" if options.targets else ""
    return f"{' and '.join(subjects)} from {options.origin}{spoken}"


def _shelves(options: Options, plugins: Sequence[Described]) -> Iterator[str]:
    """The lines on plugins: where they are, what runs them, which commands are called, and what each offers."""
    allowed = "".join(f", and {glob!r}" for glob in options.policy.allow_tools)
    yield f"plugins in {', '.join(map(str, options.plugins))}:"
    yield from _run_by(options, plugins)
    yield f"  commands called: those that say neither destructiveHint nor openWorldHint{allowed}"
    yield from (f"  {each.plugin.name}: {_offered(each)}" for each in plugins)
    named = {each.plugin.name for each in plugins}
    shelves = [place for place in options.plugins if place not in {one.folder for one in options.plugin_settings}]
    yield from (f"  {name}: no plugin, for it {why}" for name, why in _others(shelves) if name not in named)


def _run_by(options: Options, plugins: Sequence[Described]) -> Iterator[str]:
    """The interpreters, with the plugins of each if there are several, and the commands that run others."""
    commanded = {one.name for one in options.plugin_settings if one.command}
    interpreters: dict[str, list[str]] = {}
    for one in (each.plugin for each in plugins if each.plugin.name not in commanded):
        interpreters.setdefault(one.command[0], []).append(one.name)
    for interpreter, names in interpreters.items():
        of = f" of {', '.join(names)}" if len(names) < len(plugins) else ""
        yield f"  interpreter{of}: {interpreter}"
    for one in (each.plugin for each in plugins if each.plugin.name in commanded):
        yield f"  command of {one.name}: {shlex.join(one.command)}"


def _offered(plugin: Described) -> str:
    if not plugin.callable:
        return f"no command: `cli.py --describe` must describe them ({CONTRACT}), but gave {plugin.fault}"
    return ", ".join(command.name for command in plugin.commands) or "no command"


def _others(shelves: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """The names of the folders that hold something, or can't be looked into, but no plugin; and why they are none."""
    for folder in (folder for shelf in shelves for folder in sorted(shelf.iterdir()) if os.path.isdir(folder)):
        if folder.name[0] in "._" or os.path.isfile(folder / "cli.py"):
            continue
        try:
            if os.listdir(folder):
                yield folder.name, "holds no cli.py"
        except OSError as error:
            yield folder.name, f"can't be read: {str(error.strerror).lower()}"


def _policy(policy: Policy, warnings_fail: bool) -> str:
    allowed = "".join(f", and {glob!r}" for glob in policy.allow_tools)
    strict = "; warnings fail" if warnings_fail else ""
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
