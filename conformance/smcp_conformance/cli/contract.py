"""The contract page: what `--describe` prints, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from smcp import contract
from smcp.discovery import MAX_TOOL_NAME
from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.check import of_plugin
from smcp_conformance.cli.command import Described
from smcp_conformance.cli.runner import run
from smcp_conformance.cli.sandbox import fresh_sandbox
from smcp_conformance.cli.surroundings import changed, files, leading_to, offline
from smcp_conformance.requirement import Level, not_verified

Surroundings = Mapping[str, "str | None"]
C_LOCALE: Surroundings = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": None,
}
LOCALES: Mapping[str, Surroundings] = {
    "in the C locale": C_LOCALE,
    "where text is Latin-1": {**C_LOCALE, "PYTHONIOENCODING": "latin-1"},
}
FOLDER = re.compile(r"[a-zA-Z0-9_-]+")
NO_SCHEMA = ("is no usable JSON Schema", ".$schema: ")


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
    """`--describe` prints the same UTF-8 in the C locale, and where Python's streams are no UTF-8, as anywhere."""
    for where, surroundings in LOCALES.items():
        there = _again(plugin, env=surroundings)
        there.must_have_ended()
        if there.must_be_document() != plugin.document:
            there.broke(f"another description {where}", "the same description everywhere")


@of_plugin("contract")
def describe_is_the_same_each_time(plugin: Described) -> None:
    """`--describe` prints the same bytes each time."""
    if plugin.answer.run.timed_out:
        not_verified("--describe came to no end, which another check reports")
    if not plugin.steady:
        plugin.answers[1].broke("other bytes the second time", "the same description each time")


@of_plugin("contract")
def describe_ignores_the_working_directory(plugin: Described) -> None:
    """`--describe` prints the same bytes from any working directory: its own folder, an empty one, another one."""
    with fresh_sandbox() as place:
        for folder in (plugin.plugin.folder, place.folder):
            _must_be_the_same(plugin, _again(plugin, cwd=folder), f"from {str(folder)!r}")


@of_plugin("contract")
def describe_needs_no_network(plugin: Described) -> None:
    """`--describe` prints the same where there is no network.

    On Linux nothing can be reached, loopback included. Where such a place can't be made, proxies don't answer, and
    the sockets of Python programs don't connect: of other programs, what uses no proxy is then not seen.
    """
    _steady(plugin)
    cut = offline()
    there = Answer(run(cut.around(plugin.plugin), ("--describe",), env=cut.env))
    _must_be_the_same(plugin, there, "without a network")


@of_plugin("contract")
def describe_writes_no_file(plugin: Described) -> None:
    """`--describe` leaves no file behind: not where it is called, nor in HOME, the temporary or its own folder.

    Caches such as `__pycache__` and `~/.cache` don't count. What is removed again isn't seen.
    """
    _steady(plugin)
    own = files(plugin.plugin.folder)
    with fresh_sandbox() as place:
        there = plugin.ask("--describe", cwd=place.cwd, env=leading_to(place))
        written = changed({}, files(place.folder)) + changed(own, files(plugin.plugin.folder))
    if written:
        there.broke(f"the files {', '.join(map(repr, written[:5]))}", "no file written to describe what there is")


@of_plugin("contract")
def describe_conforms_to_contract_v1(plugin: Described) -> None:
    """What `--describe` prints conforms to the plugin contract, version 1."""
    others = (_of_names, _of_defaults, _of_examples, _of_schemas)
    _no_problems(plugin, lambda problem: not any(concerns(problem) for concerns in others), "contract v1's shape")


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


@of_plugin("contract")
def examples_are_valid(plugin: Described) -> None:
    """Each of a command's examples is valid for its parameters."""
    _no_problems(plugin, _of_examples, "arguments that the command itself allows")


@of_plugin("contract", level=Level.SHOULD)
def examples_of_parameters_are_valid(plugin: Described) -> None:
    """Each of a parameter's `examples` is valid under that parameter, as JSON Schema recommends."""
    _parsed(plugin)
    wrong = [fault for command in plugin.commands for one in command.parameters for fault in _misfits(one)]
    if wrong:
        plugin.answer.broke("; ".join(wrong), "values that the parameter itself allows")


@of_plugin("contract")
def declared_schemas_are_valid(plugin: Described) -> None:
    """Each parameter, and each `result`, is a valid JSON Schema (2020-12) that refers to nothing outside of itself."""
    _no_problems(plugin, _of_schemas, "JSON Schemas that can be used as they are")


def _again(plugin: Described, **surroundings: Any) -> Answer:
    _steady(plugin)
    return plugin.ask("--describe", **surroundings)


def _steady(plugin: Described) -> None:
    _parsed(plugin)
    if not plugin.steady:
        not_verified("--describe changes from call to call, which another check reports")


def _parsed(plugin: Described) -> None:
    if plugin.problems is None:
        not_verified(f"--describe gave no JSON document (but {plugin.fault}), which another check reports")


def _must_be_the_same(plugin: Described, there: Answer, where: str) -> None:
    there.must_have_ended()
    there.must_be_document()
    if there.run.stdout != plugin.answer.run.stdout:
        there.broke(f"other bytes {where}", "the same description everywhere")


def _no_problems(plugin: Described, concerns: Callable[[str], bool], must_be: str) -> None:
    _parsed(plugin)
    found = [one for one in plugin.problems or () if concerns(one)]
    if found:
        plugin.answer.broke("; ".join(found), must_be)


def _misfits(parameter: Mapping[str, Any]) -> Iterator[str]:
    allowed = Draft202012Validator(contract.parameter_schema(parameter))
    for number, example in enumerate(parameter.get("examples", ())):
        yield from (f"{parameter['name']}.examples[{number}]: {one.message}" for one in allowed.iter_errors(example))


def _of_names(problem: str) -> bool:
    return problem.partition(": ")[0].endswith("].name")


def _of_defaults(problem: str) -> bool:
    return problem.partition(": ")[0].endswith(".default")


def _of_examples(problem: str) -> bool:
    return re.match(r"commands\[\d+\]\.examples\[\d+\]: ", problem) is not None


def _of_schemas(problem: str) -> bool:
    return any(sign in problem for sign in NO_SCHEMA) and not _of_defaults(problem) and not _of_examples(problem)
