"""The behaviour page, what a call needs and leaves: stdin, files, processes, the locale."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psutil

from smcp_conformance.cli.answer import Answer, Violation, shown
from smcp_conformance.cli.check import of_command
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.contract import C_LOCALE
from smcp_conformance.cli.inputs import working_arguments
from smcp_conformance.cli.runner import run
from smcp_conformance.cli.sandbox import fresh_sandbox
from smcp_conformance.cli.surroundings import changed, files, leading_to
from smcp_conformance.launch.escaped import bearing, kill, living, marked
from smcp_conformance.requirement import not_applicable, not_verified

LEFT = 2.0
"""Seconds that a process may outlive its command before it counts as left behind."""


@of_command("behaviour")
def stdin_is_not_needed(command: Command) -> None:
    """A call comes to the same whether stdin is empty, closed or never ends: nothing waits for it."""
    if os.name != "posix":
        not_verified("only on POSIX can a plugin be given a closed or an endless stdin")
    arguments = working_arguments(command)
    usual = _called(command, arguments)
    if usual.run.returncode != 0:
        not_verified("the call that works did not work again, which another check reports")
    for name, code in STDINS.items():
        _must_be_as_usual(command, usual, _started(command, arguments, code), f"with {name} stdin")


@of_command("behaviour")
def answers_in_any_locale(command: Command) -> None:
    """What is printed is strict JSON in UTF-8 in the C locale, too, where Python's streams are ASCII by themselves."""
    arguments = _in_ascii(working_arguments(command))
    if _called(command, arguments).run.returncode != 0:
        not_verified("no call in ASCII works, and that locale may garble everything else on a command line")
    answer = _called(command, arguments, env=C_LOCALE)
    answer.must_have_ended()
    answer.must_be_document()


@of_command("behaviour")
def nothing_is_written_outside_the_temporary_folder(command: Command) -> None:
    """A call leaves no file in its working directory, in HOME or beside its own; `"readOnlyHint": false` permits it.

    Caches such as `__pycache__` and `~/.cache` don't count. What is removed again isn't seen.
    """
    if command.described.get("annotations", {}).get("readOnlyHint") is False:
        not_applicable("the command says readOnlyHint: false")
    arguments = working_arguments(command)
    own = files(command.plugin.folder)
    with fresh_sandbox() as place:
        answer = _called(command, arguments, cwd=place.cwd, env=leading_to(place))
        left = [path for path in changed({}, files(place.folder)) if not path.startswith("tmp/")]
        left += changed(own, files(command.plugin.folder))
    if left:
        answer.broke(f"the files {', '.join(map(repr, left[:5]))}", 'no file, or "readOnlyHint": false')


@of_command("behaviour")
def nothing_is_left_running(command: Command) -> None:
    """No process that a call started is there when the call is over, wherever it went."""
    arguments = working_arguments(command)
    words = (*command.plugin.command, *command.words(arguments))
    with fresh_sandbox() as place:
        env, marker = marked(place.environment({}))
        code = _finished(words, env, str(place.cwd), command.plugin.timeout)
        left = _left(marker)
    if left:
        usual = _called(command, arguments)
        answer = replace(usual, run=replace(usual.run, returncode=code))
        answer.broke(f"{left[0]!r} still there {LEFT:g} s after its end", "no process that outlives its command")


STDINS: Mapping[str, str] = {
    "a closed": "import os, sys; os.close(0)",
    "an endless": "import os, sys; read, write = os.pipe(); os.dup2(read, 0); os.set_inheritable(write, True)",
}
"""What is run before the plugin to give it such a stdin. Whoever holds the other end of a pipe keeps it open."""


def _in_ascii(value: Any) -> Any:
    """A value with a plain letter in place of each text that is no ASCII."""
    if isinstance(value, str):
        return value if value.isascii() else "a"
    if isinstance(value, list):
        return [_in_ascii(one) for one in value]
    return {name: _in_ascii(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _started(command: Command, arguments: Mapping[str, Any], before: str) -> Answer:
    """Call it in a process that did something `before` it became the plugin."""
    code = f"{before}; os.execvp(sys.argv[1], sys.argv[1:])"
    plugin = replace(command.plugin, command=(sys.executable, "-c", code, *command.plugin.command))
    return _called(replace(command, plugin=plugin), arguments)


def _called(command: Command, arguments: Mapping[str, Any], **surroundings: Any) -> Answer:
    """Call it cold, in these surroundings."""
    made = run(command.plugin, command.words(arguments), **surroundings)
    return Answer(made, command.name, arguments)


def _must_be_as_usual(command: Command, usual: Answer, answer: Answer, where: str) -> None:
    try:
        answer.must_have_ended()
    except Violation as violation:
        answer.broke(f"{violation.got} {where}", violation.must_be)
    if answer.run.returncode != usual.run.returncode:
        answer.broke(
            f"exit code {answer.run.returncode} {where}", f"exit code {usual.run.returncode} as with an empty one"
        )
    if command.deterministic and answer.printed != usual.printed and _steady(command, usual):
        answer.broke(f"{shown(answer.run.stdout)} {where}", f"{shown(usual.run.stdout)} as with an empty one")


def _steady(command: Command, usual: Answer) -> bool:
    """Whether the call is answered alike at all, which another check looks at."""
    return _called(command, usual.arguments or {}).printed == usual.printed


def _finished(words: tuple[str, ...], env: Mapping[str, str], cwd: str, patience: float) -> int:
    """Run words to their end, or for as long as a call may take, and return the exit code. Its group is left alone."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, env=env, cwd=cwd, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    with suppress(subprocess.TimeoutExpired):
        return process.wait(patience)
    process.kill()
    return process.wait()


def _left(marker: str) -> list[str]:
    """The command lines of the processes that bear the marker and don't go by themselves; ends them."""
    deadline = time.monotonic() + LEFT
    while found := [process for process in bearing(marker) if living(process)]:
        if time.monotonic() >= deadline:
            shown = [_shown(process) for process in found]
            for process in found:
                kill(process)
            return shown
        time.sleep(0.05)
    return []


def _shown(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())[:80] or process.name()
    return f"process {process.pid}"
