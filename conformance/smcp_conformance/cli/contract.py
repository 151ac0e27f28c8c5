"""The contract page: what `--describe` prints, how, and whether the command line is as declared."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from hypothesis.errors import HypothesisException

from smcp.discovery import MAX_TOOL_NAME
from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.check import of_command, of_plugin
from smcp_conformance.cli.command import UNDECLARED, Command, Described
from smcp_conformance.cli.inputs import first, simplest, telling
from smcp_conformance.requirement import not_verified

Value = TypeVar("Value")
ANY_LOCALE: Mapping[str, str | None] = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": None,
}
FOLDER = re.compile(r"[a-zA-Z0-9_-]+")


@of_plugin("contract")
def describe_exits_0(plugin: Described) -> None:
    """`--describe` comes to an end within its time limit, with exit code 0."""
    plugin.answer.must_have_exited_with_0()


@of_plugin("contract")
def describe_prints_one_json_document(plugin: Described) -> None:
    """`--describe` prints exactly one strict JSON document in UTF-8 on stdout, and nothing else."""
    if plugin.answer.run.timed_out or plugin.answer.run.returncode != 0:
        not_verified(f"--describe failed ({plugin.fault}), which another check reports")
    plugin.answer.must_be_document()


@of_plugin("contract")
def describe_is_strict_json_in_any_locale(plugin: Described) -> None:
    """`--describe` prints the same UTF-8 in the C locale, without Python's UTF-8 mode, as in any other."""
    there = _again(plugin, env=ANY_LOCALE)
    there.must_have_ended()
    _same(plugin.document, there.must_be_document(), there, "in the C locale")


@of_plugin("contract")
def describe_is_the_same_each_time(plugin: Described) -> None:
    """`--describe` prints the same bytes each time."""
    if plugin.answer.run.timed_out:
        not_verified("--describe came to no end, which another check reports")
    if not plugin.steady:
        plugin.answers[1].broke("other bytes the second time", "the same description each time")


@of_plugin("contract")
def describe_ignores_the_working_directory(plugin: Described) -> None:
    """`--describe` prints the same from any working directory."""
    there = _again(plugin, cwd=plugin.plugin.folder)
    there.must_have_ended()
    _same(plugin.document, there.must_be_document(), there, "from the plugin's own folder")


@of_plugin("contract")
def describe_conforms_to_contract_v1(plugin: Described) -> None:
    """What `--describe` prints conforms to the plugin contract, version 1."""
    _no_problems(plugin, lambda address: not _of_names(address) and not _of_defaults(address), "contract v1's shape")


@of_plugin("contract")
def names_are_legal_and_unique(plugin: Described) -> None:
    """The plugin's folder, its commands and their parameters have names that fit, and no name is taken twice."""
    _no_problems(plugin, _of_names, "legal names, each used once")
    if not FOLDER.fullmatch(plugin.plugin.name):
        raise Violation(f"the folder's name {plugin.plugin.name!r}", f"a name that matches {FOLDER.pattern}")


@of_plugin("contract")
def tool_names_have_at_most_64_characters(plugin: Described) -> None:
    """The name of each command's tool, `plugin__command`, has at most 64 characters."""
    _parsed(plugin)
    long = [one.tool_name for one in plugin.commands if len(one.tool_name) > MAX_TOOL_NAME]
    if long:
        raise Violation(f"{long[0]!r} of {len(long[0])} characters", f"at most {MAX_TOOL_NAME}")


@of_plugin("contract")
def defaults_are_valid(plugin: Described) -> None:
    """Each default is valid under its own parameter."""
    _no_problems(plugin, _of_defaults, "a value that the parameter itself allows")


@of_command("contract")
def declared_command_exists(command: Command) -> None:
    """The command line knows the command: its answer isn't the one that an invented command gets."""
    arguments = _made(partial(simplest, command), "the arguments")
    _tell_apart(
        command.call(arguments),
        command.say((UNDECLARED, *command.words(arguments)[1:])),
        command.name,
        "the answer of a command that exists",
    )


@of_command("contract")
def declared_flags_are_accepted(command: Command) -> None:
    """The command takes each declared flag: its answer isn't the one that an invented flag in its place gets."""
    simple = _made(partial(simplest, command), "the arguments")
    for parameter in command.parameters:
        name = str(parameter["name"])
        known = {**simple, name: _made(partial(first, telling(parameter)), name)}
        words = command.words(known)
        flag = "--" + name.replace("_", "-")
        other = tuple(re.sub(rf"\A{re.escape(flag)}(?==|\Z)", f"--{UNDECLARED}", word) for word in words)
        answer, unknown = command.call(known), command.say(other, known)
        _not_underscored(command, answer, unknown)
        _tell_apart(answer, unknown, flag[2:], f"{flag} accepted, as declared")


def _not_underscored(command: Command, known: Answer, unknown: Answer) -> None:
    """Demand that a refused call is not taken as soon as its flags are written with underscores.

    A plugin that takes an invented flag, too, ignores what it doesn't know: then that would prove nothing.
    """
    if known.run.returncode == 0 or unknown.run.returncode == 0 or known.run.timed_out:
        return
    words = [word.partition("=") for word in command.words(known.arguments or {})]
    names = [str(one["name"]) for one in command.parameters]
    spelt = {"--" + name.replace("_", "-"): f"--{name}" for name in names if "_" in name}
    meant = [given for given, _, _ in words if given in spelt]
    if not meant:
        return
    other = tuple(spelt.get(given, given) + equals + value for given, equals, value in words)
    if command.say(other, known.arguments).run.returncode == 0:
        taken = ", ".join(spelt[flag] for flag in meant)
        known.broke(
            f"a refusal, and exit code 0 with {taken}", f"{', '.join(meant)} accepted: underscores become hyphens"
        )


def _again(plugin: Described, **surroundings: Any) -> Answer:
    _parsed(plugin)
    if not plugin.steady:
        not_verified("--describe changes from call to call, which another check reports")
    return plugin.ask("--describe", **surroundings)


def _parsed(plugin: Described) -> None:
    if plugin.problems is None:
        not_verified(f"--describe gave no JSON document (but {plugin.fault}), which another check reports")


def _same(expected: Any, found: Any, answer: Answer, where: str) -> None:
    if expected != found:
        answer.broke(f"another description {where}", "the same description everywhere")


def _no_problems(plugin: Described, concerns: Callable[[str], bool], must_be: str) -> None:
    _parsed(plugin)
    found = [one for one in plugin.problems or () if concerns(one.partition(": ")[0])]
    if found:
        plugin.answer.broke("; ".join(found), must_be)


def _of_names(address: str) -> bool:
    return address.endswith("].name")


def _of_defaults(address: str) -> bool:
    return address.endswith(".default")


def _made(make: Callable[[], Value], what: str) -> Value:
    try:
        return make()
    except HypothesisException as reason:  # no such value, or none found
        not_verified(f"no valid value could be made for {what}: {type(reason).__name__}")


def _tell_apart(known: Answer, unknown: Answer, name: str, must_be: str) -> None:
    """Demand that `known` is not refused in the words that `unknown` is refused in.

    Where the refusal does not name what is unknown, equal words prove nothing.
    """
    if known.run.returncode == 0 or known.run.timed_out:
        return
    said, expected = _words(known), _words(unknown)
    if said != expected.replace(UNDECLARED, name):
        return
    if UNDECLARED not in expected:
        not_verified(f"refused in the same words as {UNDECLARED!r}, which don't say why")
    known.broke(f"{name!r} refused just as an invented name is", must_be)


def _words(answer: Answer) -> str:
    run = answer.run
    return f"{run.returncode}\n" + (run.stdout + b"\n" + run.stderr).decode("utf-8", "replace")
