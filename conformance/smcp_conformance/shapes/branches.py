"""Why each branch of a union doesn't fit, and which of them the sender meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from jsonschema.exceptions import ValidationError


@dataclass(frozen=True)
class Branch:
    """One branch of a union that a value doesn't fit, and everything that the validator found against it."""

    name: str
    findings: tuple[ValidationError, ...]

    @property
    def excluding(self) -> tuple[ValidationError, ...]:
        """The findings by which something else was meant: another kind of value, or another tag."""
        return tuple(each for each in self.findings if (each.validator == "type" and not each.path) or _is_tag(each))

    @property
    def meant(self) -> bool:
        """True if nothing speaks against it that the sender can't have got wrong."""
        return not self.excluding

    @property
    def distance(self) -> tuple[int, int]:
        """How far off the value is: a missing member counts more than any number of wrong ones."""
        missing = sum(each.validator == "required" and not each.path for each in self.findings)
        return missing, len(self.findings)


def branches(error: ValidationError) -> Iterator[Branch]:
    """Yield the branches of a failed `anyOf`, those of unions directly below it in the place of these."""
    schemas: Any = error.validator_value
    for index, group in groupby(error.context or (), key=lambda each: each.schema_path[0]):
        findings = tuple(sorted(group, key=lambda each: list(each.path)))
        if findings[0].validator == "anyOf" and not findings[0].path:
            yield from branches(findings[0])
        else:
            yield Branch(_name(schemas[index]), findings)


def _is_tag(finding: ValidationError) -> bool:
    path = list(finding.path)
    return len(path) == 1 and (finding.validator == "const" or (finding.validator == "enum" and path == ["type"]))


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else str(schema["type"])
