"""No fault: a plugin that reads sys.argv by hand, with arrays and objects."""

import json
import re
import sys

PARAMETERS = [
    {"name": "tags", "type": "array", "items": {"type": "string"}, "required": True, "minItems": 1},
    {"name": "points", "type": "array", "items": {"type": "object"}},
    {"name": "extra_data", "type": "object"},
    {"name": "limit", "type": "integer", "default": 5, "exclusiveMinimum": 0, "maximum": 50, "multipleOf": 5},
    {"name": "code", "type": "string", "pattern": "^[A-Z]{2,4}$"},
]
COMMAND = {"name": "tag-it", "description": "Give the arguments back.", "parameters": PARAMETERS}
SPEC = {"plugin": {"name": "good_argv"}, "commands": [COMMAND]}
FLAGS = ("tags", "points", "extra-data", "limit", "code")


def read(words: "list[str]") -> "dict[str, object]":
    """Read `--name=value` words; refuse with a ValueError."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not equals or name not in FLAGS:
            raise ValueError(f"unknown flag {word!r}")
        found.setdefault(name, []).append(text)
    if "tags" not in found:
        raise ValueError("--tags is required")
    last = {name: texts[-1] for name, texts in found.items()}
    return {
        "tags": found["tags"],
        "points": objects(json.loads(last.get("points") or "[]")),
        "extra_data": objects([json.loads(last.get("extra-data") or "{}")])[0],
        "limit": limit(int(last.get("limit", "5"))),
        "code": code(last.get("code")),
    }


def objects(values: "list[object]") -> "list[object]":
    """Refuse what is no list of objects."""
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ValueError("an object is required")
    return values


def limit(value: int) -> int:
    """Refuse what is none of 5, 10 … 50."""
    if value not in range(5, 51, 5):
        raise ValueError("--limit must be a multiple of 5 up to 50")
    return value


def code(text: "str | None") -> "str | None":
    """Refuse what is no code."""
    if text is not None and not re.fullmatch("[A-Z]{2,4}", text):
        raise ValueError("--code must be two to four capitals")
    return text


def main() -> int:
    """Answer the command line."""
    words = sys.argv[1:]
    if words == ["--describe"]:
        print(json.dumps(SPEC))
        return 0
    if words in (["--help"], ["tag-it", "--help"]):
        print("usage: cli.py tag-it --tags=TAG", *(f"  --{flag}=VALUE" for flag in FLAGS), sep="\n")
        return 0
    try:
        if words[:1] != ["tag-it"]:
            raise ValueError(f"unknown command {words[:1]}")
        print(json.dumps(read(words[1:])))
    except ValueError as error:
        print(json.dumps({"error": str(error), "code": "usage"}))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
