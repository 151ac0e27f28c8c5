"""Typed access to a table of a config file: each wrong or unknown entry is a `TargetError` that names its place."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smcp_conformance.target import TargetError

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")
_KINDS = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
_ENVIRONMENT = re.compile(r"(?:env:)?([A-Za-z_]\w*)(?::-(.*))?", re.DOTALL)


def read_document(path: Path, parse: Callable[[str], Any], language: str) -> dict[str, Any]:
    """Read the config file at `path`; raises TargetError if it can't be read, parsed, or holds no table.

    What can't be parsed is told as `file:line:column`.
    """
    try:
        document = parse(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise TargetError(f"can't read {str(path)!r}: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:  # also what both parsers and the UTF-8 decoder raise
        raise TargetError(_unparsed(path, error, language)) from None
    if not isinstance(document, dict):
        raise TargetError(f"{str(path)!r} must hold a {language} object")
    return document


def _unparsed(path: Path, error: ValueError, language: str) -> str:
    if isinstance(error, UnicodeDecodeError):
        place, told = _place(error.object[: error.start]), "it must be UTF-8"
    elif isinstance(error, json.JSONDecodeError):
        place, told = f"{error.lineno}:{error.colno}", error.msg
    elif match := _TOML_PLACE.search(str(error)):
        place, told = f"{match[1]}:{match[2]}", str(error)[: match.start()]
    else:  # TOML's parser knows no place but the end
        place, told = _place(path.read_bytes()), str(error)
    return f"{path}:{place}: must be {language}: {told[:1].lower()}{told[1:]}"


def _place(before: bytes) -> str:
    """Line and column, counted from 1, of what comes after `before`."""
    *above, last = before.split(b"\n")
    return f"{len(above) + 1}:{len(last.decode(errors='replace')) + 1}"


@dataclass(frozen=True)
class Variables:
    """What `${…}` means in a config file, and what it was found to mean.

    `constants` are names that editors define (`workspaceFolder`); anything else is an environment variable, written
    `${VAR}`, `${env:VAR}` or `${VAR:-default}`.
    """

    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    found: list[str] = field(default_factory=list[str])

    def expand(self, text: str, source: str) -> str:
        """Replace each `${…}` in `text`; raises TargetError for a variable that isn't set."""
        return _VARIABLE.sub(lambda match: self._value(match[1], source), text)

    def _value(self, expression: str, source: str) -> str:
        if expression in self.constants:
            return self.constants[expression]
        match = _ENVIRONMENT.fullmatch(expression)
        if not match:
            raise TargetError(
                f"{source}: can't tell what '${{{expression}}}' is; use an environment variable: ${{NAME}}"
            )
        name, default = match.groups()
        value = os.environ.get(name)
        if not value and default is not None:  # as in a shell, `:-` serves the empty ones too
            value = default
        if value is None:
            raise TargetError(
                f"{source}: environment variable {name!r} must be set, or given a default: ${{{name}:-…}}"
            )
        self.found.append(value)
        return value


class Verbatim(Variables):
    """Leaves each `${…}` as it is, for those who ask for the form of a text only."""

    def expand(self, text: str, source: str) -> str:
        """Return `text`."""
        return text


@dataclass(frozen=True)
class Table:
    """One table, with the place it came from for messages, and the variables that its texts may name."""

    values: Mapping[str, Any]
    source: str
    variables: Variables = field(default_factory=Variables)

    def only(self, *known: str) -> None:
        """Demand that there are no entries but `known`."""
        for key in self.values:
            if key not in known:
                raise TargetError(f"{self.source}: unknown key {key!r}; the valid ones are {', '.join(known)}")

    def place(self, key: str) -> str:
        """Say where the entry `key` is."""
        return f"{self.source}, {key}"

    def text(self, key: str) -> str | None:
        """Return an optional string."""
        value = self.values.get(key)
        return None if value is None else self._text(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an optional list of strings; a single string counts as a list of one."""
        value = self.values.get(key, ())
        return (self._text(key, value),) if isinstance(value, str) else self.words(key, "a string or a list of strings")

    def words(self, key: str, wanted: str = "a list of strings") -> tuple[str, ...]:
        """Return an optional list of strings."""
        value = self.values.get(key, ())
        if not isinstance(value, list | tuple):
            raise self._wrong(key, wanted)
        return tuple(self._text(key, each) for each in value)

    def pairs(self, key: str) -> dict[str, str]:
        """Return an optional table of strings; numbers are taken as they are written.

        Its values may be secret: what is wrong is told by its kind.
        """
        table = self.values.get(key, {})
        if not isinstance(table, dict):
            raise TargetError(f"{self.place(key)}: {_kind(table)} must be a table of strings")
        return {str(name): self._pair(f"{key}.{name}", _written(value)) for name, value in table.items()}

    def flag(self, key: str) -> bool:
        """Return an optional boolean, by default False."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def table(self, key: str) -> Table:
        """Return an optional table, by default empty."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return Table(value, f"{self.source}.{key}" if self.source.startswith("[") else self.place(key), self.variables)

    def _pair(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise TargetError(f"{self.place(key)}: {_kind(value)} must be a string")
        return self._text(key, value)

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise TargetError(f"{self.place(key)}: {value!r} must be a string")
        return self.variables.expand(value, self.place(key))

    def _wrong(self, key: str, wanted: str) -> TargetError:
        return TargetError(f"{self.place(key)}: {self.values[key]!r} must be {wanted}")


def _written(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "nothing" if value is None else type(value).__name__)
