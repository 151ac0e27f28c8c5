"""Faults of string ids that are tidied up on their way back (basic/index)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutants.faults import change_messages, fault
from mutants.machine import Machine

ALTERED = ("jsonrpc.response.id-type-preserved",)


def _tidy(machine: Machine, tidied: Callable[[str], Any]) -> None:
    def change(sent: Any) -> Any:
        answers = isinstance(sent, dict) and "method" not in sent and isinstance(sent.get("id"), str)
        return {**sent, "id": tidied(sent["id"])} if answers else sent

    change_messages(machine, change)


@fault("strips-ids", breaks=ALTERED, summary="white space around string ids is lost")
def strips_ids(machine: Machine) -> None:
    _tidy(machine, str.strip)


@fault("strips-spaces-of-ids", breaks=ALTERED, summary="blanks around string ids are lost")
def strips_spaces_of_ids(machine: Machine) -> None:
    _tidy(machine, lambda id: id.strip(" "))


@fault("empty-ids-are-null", breaks=ALTERED, summary="the empty string as an id comes back as null")
def empty_ids_are_null(machine: Machine) -> None:
    _tidy(machine, lambda id: id or None)


@fault("cuts-ids", breaks=ALTERED, summary="string ids are cut after 255 characters")
def cuts_ids(machine: Machine) -> None:
    _tidy(machine, lambda id: id[:255])


@fault("unescapes-ids", breaks=ALTERED, summary="backslashes in string ids are taken for escapes once more")
def unescapes_ids(machine: Machine) -> None:
    _tidy(machine, lambda id: id.replace("\\u0041", "A").replace("\\n", "\n"))
