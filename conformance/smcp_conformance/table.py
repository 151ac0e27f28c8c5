"""Typed access to a table of a config file: each wrong or unknown entry is a `TargetError` that names its place."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smcp_conformance.target import TargetError

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_ENVIRONMENT = re.compile(r"(?:env:)?([A-Za-z_]\w*)(?::-(.*))?", re.DOTALL)


def read_document(path: Path, parse: Callable[[str], Any], language: str) -> dict[str, Any]:
    """Read the config file at `path`; raises TargetError if it can't be read, parsed, or holds no table."""
    try:
        document = parse(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise TargetError(f"can't read {str(path)!r}: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:  # also what both parsers and the UTF-8 decoder raise
        raise TargetError(f"{str(path)!r} must be {language}: {error}") from None
    if not isinstance(document, dict):
        raise TargetError(f"{str(path)!r} must hold a {language} object")
    return document


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
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple):
            raise self._wrong(key, "a list of strings")
        return tuple(self._text(key, each) for each in value)

    def pairs(self, key: str) -> dict[str, str]:
        """Return an optional table of strings; numbers are taken as they are written."""
        table = self.table(key).values
        return {name: self._text(f"{key}.{name}", _written(value)) for name, value in table.items()}

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
