"""A command's arguments as MCP clients spell them, and the words of a command line as the contract's page has them.

Nothing here is taken from the server: it is what the server is compared with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import valid_arguments

Parameter = Mapping[str, Any]
SPELLINGS = ("declared", "declared", "declared", "other name", "wrapped", "null")
"""How an argument is written: `other name` swaps hyphens and underscores, `null` stands for one that isn't given."""

SWITCHES = (("action", "store_true"), ("action", "store_false"), ("arg_style", "flag"), ("takes_value", False))


def spelt_arguments(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    """Valid arguments, in spellings that the server puts straight: other names, `{"item": …}`, null."""
    count = len(command.parameters)
    spellings = st.lists(st.sampled_from(SPELLINGS), min_size=count, max_size=count)
    return st.tuples(valid_arguments(command), spellings).map(lambda two: dict(_spelt(command, *two)))


def meant(command: Command, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What such arguments stand for: valid arguments by their declared names."""
    return dict(_meant(command, sent))


def words(command: Command, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """The command line for valid arguments."""
    given = ((one, arguments[one["name"]]) for one in command.parameters if one["name"] in arguments)
    return (command.name, *(word for one, value in given for word in _flags(one, value)))


def _spelt(command: Command, arguments: Mapping[str, Any], spellings: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for parameter, spelling in zip(command.parameters, spellings, strict=True):
        name = str(parameter["name"])
        if name not in arguments:
            if spelling == "null":
                yield name, None
        elif spelling == "other name":
            yield _other(name), arguments[name]
        elif spelling == "wrapped" and parameter["type"] != "object":
            yield name, {"item": arguments[name]}
        else:
            yield name, arguments[name]


def _meant(command: Command, sent: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for parameter in command.parameters:
        name = str(parameter["name"])
        value = sent.get(name, sent.get(_other(name)))
        if isinstance(value, dict) and parameter["type"] != "object":
            value = value["item"]
        if value is not None:
            yield name, value


def _other(name: str) -> str:
    return name.replace("_", "-") if "_" in name else name.replace("-", "_")


def _flags(parameter: Parameter, value: Any) -> Iterator[str]:
    flag = "--" + str(parameter["name"]).replace("_", "-")
    if parameter["type"] == "boolean" and any(parameter.get(key) == switch for key, switch in SWITCHES):
        yield from [flag] if value else []
    elif isinstance(value, list) and not any(isinstance(one, (list, dict)) for one in value):
        items = parameter.get("items")
        kind = items.get("type") if isinstance(items, dict) else None
        yield from (f"{flag}={_text(kind, one)}" for one in value)
    else:
        yield f"{flag}={_text(parameter['type'], value)}"


def _text(kind: Any, value: Any) -> str:
    if isinstance(value, str):
        return value
    whole = int(value) if kind == "integer" and isinstance(value, float) else value
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
