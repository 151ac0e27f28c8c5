"""The official schema files, which live beside the checkout and never inside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

FOLDER = Path(__file__).parents[3].parent / "shared" / "spec" / "schema"


def official_definitions(revision: str) -> Mapping[str, Any]:
    """Return the definitions of the official file of `revision`; skip the test if it isn't there."""
    return _definitions(_file(revision))


@cache
def official_validator(revision: str, definition: str) -> Validator:
    """Return a validator of the official definition, in the dialect of its file."""
    file = _file(revision)
    keyword = "$defs" if "$defs" in file else "definitions"
    dialect = Draft7Validator if "draft-07" in file["$schema"] else Draft202012Validator
    return dialect({"$ref": f"#/{keyword}/{definition}", keyword: file[keyword]})


@cache
def _file(revision: str) -> dict[str, Any]:
    path = FOLDER / f"{revision}.json"
    if not path.is_file():
        pytest.skip(f"the official schema of {revision} is not beside the checkout ({path.name} in shared/spec/schema)")
    file: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return file


def _definitions(file: dict[str, Any]) -> Mapping[str, Any]:
    definitions: dict[str, Any] = file.get("$defs") or file["definitions"]
    return definitions
