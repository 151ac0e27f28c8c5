"""The agreement page, `--help`: that it is there, and that it offers no more than `--describe` declares.

Help texts are for people, so that all of this is recommended only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from smcp import scraping
from smcp_conformance.cli.answer import Answer
from smcp_conformance.cli.check import of_command, of_plugin
from smcp_conformance.cli.command import UNDECLARED, UNOFFERED, Command, Described
from smcp_conformance.cli.runner import run
from smcp_conformance.requirement import Level, not_verified

PLAIN: Mapping[str, str | None] = {
    "COLUMNS": "200",
    "NO_COLOR": "1",
    "PYTHON_COLORS": "0",
    "FORCE_COLOR": None,
    "TERM": "dumb",
}
"""So that a text meant for people can be read by us."""

OF_ITS_FRAMEWORK = ("help", "describe", "version", "install-completion", "show-completion")
"""Flags and commands that say nothing of what a plugin does."""

BORDER = " \t│|┃*"
FLAG = re.compile(r"--(?:\[no-\])?([a-zA-Z0-9][\w.-]*)")
HEAD = re.compile(r"-[^\s,/=]+(?:(?:,\s*|\s*/\s*|\s{1,4})-[^\s,/=]+|[ =][A-Z<\[{][^\s,]*,?(?= -))*")
"""The flags at the beginning of an entry: `-n, --name NAME` of argparse, `--fast / --slow` of click."""


@of_plugin("agreement", level=Level.SHOULD)
def help_works(plugin: Described) -> None:
    """`--help` prints a text on stdout and exits with 0."""
    _must_be_text(plugin.ask("--help", env=PLAIN))


@of_command("agreement", level=Level.SHOULD)
def help_of_the_command_works(command: Command) -> None:
    """`COMMAND --help` prints a text on stdout and exits with 0."""
    answer = _help(command)
    unknown = _said(Answer(run(command.plugin, (UNDECLARED, "--help"), env=PLAIN)))
    if UNDECLARED in unknown and _said(answer) == unknown.replace(UNDECLARED, command.name):
        not_verified("the command is refused as one that nobody has, which another check reports")
    _must_be_text(answer)


@of_plugin("agreement", level=Level.SHOULD)
def help_names_no_other_commands(plugin: Described) -> None:
    """Each command that `--help` lists is one that `--describe` declares: a hidden one can't be called by anybody."""
    if not plugin.callable:
        not_verified(f"the commands are not known (--describe: {plugin.fault}), which other checks report")
    answer = plugin.ask("--help", env=PLAIN)
    declared = {command.name for command in plugin.commands}
    listed = [str(one["name"]) for one in scraping.commands(_readable(answer))]
    hidden = [name for name in listed if name not in (*declared, *UNOFFERED, *OF_ITS_FRAMEWORK)]
    if hidden:
        answer.broke(
            f"the commands {', '.join(map(repr, hidden))} in --help alone", "commands that --describe declares"
        )


@of_command("agreement", level=Level.SHOULD)
def help_names_no_other_flags(command: Command) -> None:
    """Each flag that `COMMAND --help` lists is one that `--describe` declares."""
    answer = _help(command)
    declared = {str(one["name"]).replace("_", "-") for one in command.parameters}
    hidden = [flag for flag in dict.fromkeys(flags_in(_readable(answer))) if not _known(flag, declared)]
    if hidden:
        told = ", ".join(f"--{flag}" for flag in hidden)
        answer.broke(f"{told} in --help alone", "flags that --describe declares")


def flags_in(text: str) -> Iterator[str]:
    """The long flags that head an entry of a help text's list, without their hyphens."""
    for line in text.splitlines():
        entry = line.lstrip(BORDER)
        if entry != line and (heads := HEAD.match(entry)):
            yield from FLAG.findall(heads[0])


def _known(flag: str, declared: set[str]) -> bool:
    spelt = flag.replace("_", "-")
    return spelt in declared or spelt.removeprefix("no-") in declared or spelt in OF_ITS_FRAMEWORK


def _said(answer: Answer) -> str:
    return (answer.run.stdout + b"\n" + answer.run.stderr).decode("utf-8", "replace")


def _help(command: Command) -> Answer:
    return Answer(run(command.plugin, (command.name, "--help"), env=PLAIN), command.name)


def _readable(answer: Answer) -> str:
    """The text of a help that works; another check reports one that doesn't."""
    if answer.run.returncode != 0 or answer.run.timed_out or not answer.run.stdout.strip():
        not_verified("--help gave no text, which another check reports")
    return answer.run.stdout.decode("utf-8", "replace")


def _must_be_text(answer: Answer) -> None:
    answer.must_have_exited_with_0()
    if not answer.run.stdout.strip():
        answer.broke("nothing on stdout", "a text that says how it is called")
