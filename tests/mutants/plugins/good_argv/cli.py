"""No fault: a plugin that reads sys.argv by hand, with arrays and objects."""

import json
import sys

PARAMETERS = [
    {"name": "tags", "type": "array", "items": {"type": "string"}, "required": True, "minItems": 1},
    {"name": "points", "type": "array", "items": {"type": "object"}},
    {"name": "extra_data", "type": "object"},
    {"name": "limit", "type": "integer", "exclusiveMinimum": 0, "maximum": 50, "multipleOf": 5},
    {"name": "code", "type": "string", "pattern": "^[A-Z]{2,4}$"},
]
COMMAND = {"name": "tag-it", "description": "Give the arguments back.", "parameters": PARAMETERS}
SPEC = {"plugin": {"name": "good_argv"}, "commands": [COMMAND]}


def read(words: "list[str]") -> "dict[str, object]":
    """Read `--name=value` words; refuse with a ValueError."""
    found: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not equals or name not in ("tags", "points", "extra-data", "limit", "code"):
            raise ValueError(f"unknown flag {word!r}")
        found.setdefault(name, []).append(text)
    if "tags" not in found:
        raise ValueError("--tags is required")
    last = {name: texts[-1] for name, texts in found.items()}
    return {
        "tags": found["tags"],
        "points": json.loads(last.get("points") or "[]"),
        "extra_data": json.loads(last.get("extra-data") or "{}"),
        "limit": int(last.get("limit", "5")),
        "code": last.get("code"),
    }


def main() -> int:
    """Answer the command line."""
    words = sys.argv[1:]
    if words == ["--describe"]:
        print(json.dumps(SPEC))
        return 0
    try:
        if words[:1] != ["tag-it"]:
            raise ValueError(f"unknown command {words[:1]}")
        print(json.dumps(read(words[1:])))
    except ValueError as error:
        print(json.dumps({"error": str(error)}))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
