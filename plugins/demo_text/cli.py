#!/usr/bin/env python3
"""demo_text: echo, count, slug and hash texts, and write them in Morse code, as a plugin CLI.

`--describe` prints SPEC, and the parser is built from SPEC, so the two can't drift. A command that succeeds prints
one JSON object and exits 0. One that fails prints {"error": "…", "code": "…"} and exits 1 (2 if it was called
wrongly). Whatever the locale, arguments are read and results are written as UTF-8.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import unicodedata
import zlib
from collections.abc import Callable
from typing import Any, NoReturn

READ_ONLY = {"readOnlyHint": True, "openWorldHint": False}
COUNT = {"type": "integer", "minimum": 0}
WORDS = "[A-Za-z0-9]+( [A-Za-z0-9]+)*"
LONGEST = 16
"""Characters of a text in Morse code, so that its sound stays short."""
TEXT = {"name": "text", "type": "string", "description": "Any text, also an empty one.", "required": True}


def an_object(**members: "dict[str, Any]") -> "dict[str, Any]":
    """The JSON Schema of an object that has exactly these members."""
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


SPEC: dict[str, Any] = {
    "contract_version": "1.1",
    "plugin": {"name": "demo_text", "version": "1.0.0", "description": "Echo, count, slug, hash and telegraph texts."},
    "commands": [
        {
            "name": "echo",
            "title": "Echo",
            "description": "Give back the message.",
            "parameters": [{**TEXT, "name": "message"}],
            "result": an_object(message={"type": "string"}),
            "examples": [{"message": "hello"}, {"message": ""}],
            "annotations": READ_ONLY,
        },
        {
            "name": "word_count",
            "title": "Count words",
            "description": "Count the words, characters and lines of a text.",
            "parameters": [TEXT],
            "result": an_object(words=COUNT, characters=COUNT, lines=COUNT),
            "examples": [{"text": "two words"}],
            "annotations": READ_ONLY,
        },
        {
            "name": "slugify",
            "title": "Slugify",
            "description": "Turn a text into lower-case words joined by hyphens, fit for a URL.",
            "parameters": [TEXT],
            "result": an_object(slug={"type": "string", "pattern": "^([a-z0-9]+(-[a-z0-9]+)*)?$"}),
            "examples": [{"text": "Crème Brûlée!"}],
            "annotations": READ_ONLY,
        },
        {
            "name": "hash_preview",
            "title": "Preview a hash",
            "description": "Show the first hexadecimal digits of a text's hash.",
            "parameters": [
                TEXT,
                {
                    "name": "algorithm",
                    "type": "string",
                    "description": "Hash function over the UTF-8 bytes.",
                    "default": "sha256",
                    "enum": ["md5", "sha1", "sha256", "sha512"],
                },
                {
                    "name": "length",
                    "type": "integer",
                    "description": "How many digits; every hash has 32.",
                    "default": 12,
                    "minimum": 1,
                    "maximum": 32,
                },
            ],
            "result": an_object(
                algorithm={"type": "string"},
                length=COUNT,
                preview={"type": "string", "pattern": "^[0-9a-f]{1,32}$"},
            ),
            "examples": [{"text": "hello"}, {"text": "hello", "algorithm": "md5", "length": 8}],
            "annotations": READ_ONLY,
        },
        {
            "name": "morse",
            "title": "Morse code",
            "description": "Write words in Morse code, and show them as a picture, a sound and a file.",
            "parameters": [
                {
                    **TEXT,
                    "description": "Words of the letters A to Z, in either case, and digits; one space between them.",
                    "pattern": f"^{WORDS}$",
                    "maxLength": LONGEST,
                }
            ],
            "result": an_object(code={"type": "string", "pattern": "^[.-]+( /)?( [.-]+( /)?)*$"}),
            "content": True,
            "examples": [{"text": "SOS"}, {"text": "hello world"}],
            "annotations": READ_ONLY,
        },
    ],
}


SIGNS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
    "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
)
MORSE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", SIGNS.split(), strict=True))
ALPHABET = "https://www.itu.int/rec/R-REC-M.1677-1-200910-I/"
RATE = 4000  # samples of sound in a second; a dot takes 160 of them, which makes 30 words in a minute


class Refusal(Exception):
    """A request that can't be served: `code` is stable, `status` the exit code."""

    def __init__(self, code: str, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def echo(message: str) -> dict[str, Any]:
    """Give back the message."""
    return {"message": message}


def word_count(text: str) -> dict[str, Any]:
    """Count words (runs without white space), characters (code points) and lines (as str.splitlines cuts them)."""
    return {"words": len(text.split()), "characters": len(text), "lines": len(text.splitlines())}


def slugify(text: str) -> dict[str, Any]:
    """Keep the ASCII letters and digits, also those under accents; everything else becomes a hyphen or nothing."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return {"slug": re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")}


def hash_preview(text: str, algorithm: str, length: int) -> dict[str, Any]:
    """Show the first digits of the hash."""
    digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
    return {"algorithm": algorithm, "length": length, "preview": digest[:length]}


def morse(text: str) -> dict[str, Any]:
    """Write a text in Morse code, with "/" between words, and show it in every way that contents can have."""
    if not re.fullmatch(WORDS, text):
        raise Refusal("unknown_sign", "text must be words of the letters A to Z and digits, one space between them")
    if len(text) > LONGEST:
        raise Refusal("out_of_range", f"text must have at most {LONGEST} characters")
    code = " / ".join(" ".join(MORSE[sign] for sign in word) for word in text.upper().split())
    keyed = "".join({".": "#_", "-": "###_", " ": "__", "/": "__"}[sign] for sign in code)
    drawn, sound = (base64.b64encode(made).decode() for made in (picture(keyed), beeps(keyed)))
    seen, adopted = {"audience": ["user"], "priority": 1}, {"priority": 0.1, "lastModified": "2009-10-03"}
    uri = f"morse:{text.replace(' ', '%20')}"
    return {
        "code": code,
        "content": [
            {"type": "image", "data": drawn, "mimeType": "image/png", "annotations": seen},
            {"type": "audio", "data": sound, "mimeType": "audio/wav", "annotations": {**seen, "priority": 0.5}},
            {"type": "resource", "resource": {"uri": uri, "mimeType": "text/plain", "text": code}},
            {"type": "resource_link", "uri": ALPHABET, "name": "International Morse code", "annotations": adopted},
        ],
    }


def picture(keyed: str) -> bytes:
    """Draw "#" black and everything else white, two pixels wide each, as a PNG of 16 rows."""
    row = b"\0" + b"".join((b"\0\0" if unit == "#" else b"\xff\xff") for unit in f"__{keyed}_")
    blank = b"\0" + b"\xff" * (len(row) - 1)
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", len(row) - 1, 16, 8, 0, 0, 0, 0),
        b"IDAT": zlib.compress(blank * 4 + row * 8 + blank * 4, 9),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def beeps(keyed: str) -> bytes:
    """Let "#" sound and everything else be silent, one unit each, as a WAV of 8-bit samples."""
    wave = bytes([128, 202, 233, 202, 128, 54, 23, 54])  # one period, of 500 Hz at that rate
    samples = b"".join((wave if unit == "#" else b"\x80" * 8) * 20 for unit in keyed)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE, 1, 8)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def integer(text: str) -> int:
    """Read a whole number."""
    if not re.fullmatch(r"-?[0-9]{1,4000}", text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an integer")
    return int(text)


# The rest is the same in every demo plugin: a plugin is one file.

TYPES: dict[str, Callable[[str], Any]] = {"string": str, "integer": integer}
COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "echo": echo,
    "word_count": word_count,
    "slugify": slugify,
    "hash_preview": hash_preview,
    "morse": morse,
}


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are refusals instead of text on stderr, and that takes "--" for a value."""

    def error(self, message: str) -> NoReturn:
        raise Refusal("invalid_arguments", message, 2)

    def _get_values(self, action: argparse.Action, arg_strings: "list[str]") -> Any:
        if action.nargs is not None or not action.option_strings:
            return super()._get_values(action, arg_strings)
        # Before Python 3.12.5 the inherited method drops "--" even where it is the value of a flag.
        value = self._get_value(action, arg_strings[0])
        self._check_value(action, value)
        return value


def build_parser() -> Parser:
    """Build the parser from SPEC."""
    parser = Parser(prog="cli.py", description=SPEC["plugin"]["description"], allow_abbrev=False)
    parser.add_argument("--describe", action="store_true", help="print the commands as JSON")
    commands = parser.add_subparsers(dest="command")
    for command in SPEC["commands"]:
        words = commands.add_parser(command["name"], help=command["description"], allow_abbrev=False)
        for parameter in command["parameters"]:
            words.add_argument(
                f"--{parameter['name'].replace('_', '-')}",
                dest=parameter["name"],
                help=parameter["description"],
                type=TYPES[parameter["type"]],
                required=parameter.get("required", False),
                default=parameter.get("default"),
                choices=parameter.get("enum"),
            )
    return parser


def check_ranges(command: str, values: "dict[str, Any]") -> None:
    """Refuse numbers outside the minimum and maximum that SPEC gives."""
    described = next(one for one in SPEC["commands"] if one["name"] == command)
    for parameter in described["parameters"]:
        value = values[parameter["name"]]
        for bound, wrong in (("minimum", "at least"), ("maximum", "at most")):
            limit = parameter.get(bound)
            if value is None or limit is None:
                continue
            if value < limit if bound == "minimum" else value > limit:
                raise Refusal("out_of_range", f"{parameter['name']} must be {wrong} {limit}")


def serve(words: "list[str]") -> dict[str, Any]:
    """Answer one command line."""
    try:
        # The bytes the shell gave, whatever the locale made of them.
        texts = [os.fsencode(word).decode("utf-8") for word in words]
    except UnicodeError:
        raise Refusal("invalid_text", "arguments must be valid UTF-8", 2) from None
    values = vars(build_parser().parse_args(texts))
    if values.pop("describe"):
        return SPEC
    command = values.pop("command")
    if command is None:
        raise Refusal("invalid_arguments", f"a command is required: {', '.join(COMMANDS)}", 2)
    check_ranges(command, values)
    return COMMANDS[command](**values)


def main() -> int:
    """Run the command line of this process; return the exit code."""
    status = 0
    try:
        answer = serve(sys.argv[1:])
    except Refusal as refusal:
        answer, status = {"error": str(refusal), "code": refusal.code}, refusal.status
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
