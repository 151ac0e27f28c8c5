"""The runs page: whether a command is the same to those who run it warm, as smcp does by default, and cold."""

from __future__ import annotations

from smcp_conformance.cli.answer import Answer, Violation
from smcp_conformance.cli.check import of_command
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import working_arguments
from smcp_conformance.requirement import Level, not_applicable, not_verified

MUST_BE = "the same answer, however its process came to be"


@of_command("runs", level=Level.SHOULD)
def warm_and_cold_agree(command: Command) -> None:
    """A command answers the same, whether its process is started afresh or forked from one with its imports made.

    The server runs plugins both ways. Compared are the exit code and stdout of a sample of the calls that other checks
    made; of a command described `"deterministic": false`, whether stdout is JSON.
    """
    runs = command.runs
    if runs is None or (runs.difference is None and runs.why_cold):
        not_applicable(f"it is run cold: {runs.why_cold if runs else 'nothing else was asked for'}")
    if not runs.compared[command.name] and not runs.difference:
        command.warm.call(working_arguments(command))
    if runs.difference is not None and runs.difference.command == command.name:
        raise Violation(f"{runs.difference.told}; from then on the plugin was run cold", MUST_BE, _cold(command))
    if not runs.compared[command.name]:
        not_verified(f"it was not called both ways: {runs.why_cold or 'its calls ran into the time limit'}")


def _cold(command: Command) -> Answer | None:
    found = command.runs.difference if command.runs else None
    return Answer(found.cold, command.name) if found and found.cold else None
