"""How the checks of plugin CLIs are written down.

A check is a function of a plugin (`@of_plugin`) or of one of its commands (`@of_command`), or of a command and
generated arguments (`@of_arguments`). Its docstring is the requirement. Returning is passing; an `Answer`'s
`must_…` methods raise the `Violation`; `not_applicable` and `not_verified` are the other ways out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.strategies import SearchStrategy

from smcp_conformance.cli.command import Command, Described
from smcp_conformance.cli.page import CONTRACT
from smcp_conformance.requirement import Level

Strategy = Callable[[Command], SearchStrategy[Any]]
Applies = Callable[[Command], bool]
OfPlugin = TypeVar("OfPlugin", bound=Callable[[Described], None])
OfCommand = TypeVar("OfCommand", bound=Callable[[Command], None])
OfArguments = TypeVar("OfArguments", bound=Callable[[Command, Any], None])


@dataclass(frozen=True)
class PluginCheck:
    """A check of a plugin as a whole.

    `said` is what is demanded, if that isn't the function's docstring, `link` where that stands.
    """

    name: str
    page: str
    level: Level
    function: Callable[[Described], None] = field(compare=False)
    said: str = ""
    link: str = CONTRACT

    @property
    def text(self) -> str:
        """What is demanded, in one paragraph."""
        return self.said or documented(self.function)


@dataclass(frozen=True)
class CommandCheck:
    """A check of one command; with `inputs`, one that is tried with what that strategy generates.

    `applies` picks the commands; `said` and `link` are as a `PluginCheck` has them.
    """

    name: str
    page: str
    level: Level
    function: Callable[..., None] = field(compare=False)
    inputs: Strategy | None = field(default=None, compare=False)
    applies: Applies | None = field(default=None, compare=False)
    said: str = ""
    link: str = CONTRACT

    @property
    def text(self) -> str:
        """What is demanded, in one paragraph."""
        return self.said or documented(self.function)

    def concerns(self, command: Command) -> bool:
        """Tell whether the check is about `command` at all."""
        return self.applies is None or self.applies(command)


def documented(function: Callable[..., object]) -> str:
    """A function's docstring, in one paragraph."""
    return " ".join((inspect.getdoc(function) or "").split())


PLUGIN_CHECKS: list[PluginCheck] = []
COMMAND_CHECKS: list[CommandCheck] = []


def of_plugin(page: str, level: Level = Level.MUST) -> Callable[[OfPlugin], OfPlugin]:
    """Register a check of whole plugins on `page`."""

    def register(function: OfPlugin) -> OfPlugin:
        PLUGIN_CHECKS.append(PluginCheck(function.__name__, page, level, function))
        return function

    return register


def of_command(
    page: str, level: Level = Level.MUST, applies: Applies | None = None
) -> Callable[[OfCommand], OfCommand]:
    """Register a check of each command on `page` that `applies` picks."""

    def register(function: OfCommand) -> OfCommand:
        COMMAND_CHECKS.append(CommandCheck(function.__name__, page, level, function, applies=applies))
        return function

    return register


def of_arguments(
    inputs: Strategy, level: Level = Level.MUST, applies: Applies | None = None, page: str = "behaviour"
) -> Callable[[OfArguments], OfArguments]:
    """Register a check of each command on `page`, tried with what `inputs` generates for the command."""

    def register(function: OfArguments) -> OfArguments:
        COMMAND_CHECKS.append(CommandCheck(function.__name__, page, level, function, inputs, applies))
        return function

    return register


def only_if(condition: bool) -> None:
    """Leave a check on generated arguments unless they are for it to judge, also where they are only repeated.

    Hypothesis' own `assume` wants to be called in one of its tests.
    """
    if not condition:
        raise UnsatisfiedAssumption("these arguments are for other checks to judge")
