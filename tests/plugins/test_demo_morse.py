"""demo_text's Morse code: the same signs as code, picture, sound and file."""

from __future__ import annotations

import base64
import io
import json
import struct
import subprocess
import sys
import wave
import zlib
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from smcp import content

CLI = Path(__file__).parents[2] / "plugins" / "demo_text" / "cli.py"


def morse(text: str) -> Any:
    """What the command prints."""
    words = [sys.executable, str(CLI), "morse", f"--text={text}"]
    return json.loads(subprocess.run(words, capture_output=True, check=True, timeout=120).stdout)


def block(printed: Any, kind: str) -> Any:
    """Its one block of a kind."""
    (found,) = [one for one in printed["content"] if one["type"] == kind]
    return found


def pixels(png: bytes) -> list[bytes]:
    """The rows of a grey PNG; every chunk's checksum must be right."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        named = png[at + 4 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(named),)
        chunks[named[:4]] = named[4:]
        at += length + 12
    width, height, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    data = zlib.decompress(chunks[b"IDAT"])
    assert (depth, colour, len(data)) == (8, 0, (width + 1) * height)
    return [data[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]


def keyed(line: list[bool], unit: int) -> str:
    """Read a line of marks and gaps as Morse code, with the unit's length."""
    signs = {(True, 1): ".", (True, 3): "-", (False, 1): "", (False, 3): " ", (False, 7): " / "}
    runs = [(mark, len(list(run)) // unit) for mark, run in groupby(line)]
    inner = runs[0 if runs[0][0] else 1 : len(runs) if runs[-1][0] else -1]
    return "".join(signs[run] for run in inner)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SOS", "... --- ..."),
        ("e", "."),
        ("Go 42", "--. --- / ....- ..---"),
        ("Q0 z9", "--.- ----- / --.. ----."),
    ],
)
def test_every_form_says_the_same(text: str, code: str) -> None:
    """The code, the black of the picture, the sound that isn't silence, and the file."""
    printed = morse(text)
    assert content.problem(printed["content"]) is None
    assert printed["code"] == block(printed, "resource")["resource"]["text"] == code
    picture = pixels(base64.b64decode(block(printed, "image")["data"]))
    assert keyed([shade == 0 for shade in picture[len(picture) // 2]], 2) == code
    with wave.open(io.BytesIO(base64.b64decode(block(printed, "audio")["data"]))) as sound:
        unit = sound.getframerate() // 25
        samples = sound.readframes(sound.getnframes())
    loud = [max(samples[at : at + unit]) > 128 for at in range(0, len(samples), unit)]
    assert keyed(loud, 1) == code


def test_what_it_shows_is_annotated_and_linked() -> None:
    """Pictures and sounds are for people, and the link leads to the alphabet."""
    printed = morse("SOS")
    assert block(printed, "image")["annotations"]["audience"] == ["user"]
    assert block(printed, "resource")["resource"]["uri"] == "morse:SOS"
    assert block(printed, "resource_link")["uri"].startswith("https://www.itu.int/")
    assert len(json.dumps(morse("00000 00000 0000"))) < 100_000
