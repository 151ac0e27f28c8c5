"""How a mutant goes wrong: the line that it writes in the place of the healthy response, if any."""

from __future__ import annotations

import itertools
import json
import os
import sys
from typing import NoReturn

from mutants.values.mutant import Json

COUNT = itertools.count()
TRACEBACK = """Traceback (most recent call last):
  File "/srv/tool.py", line 7, in take
    return table[value]
KeyError: 'value'"""


def line(message: Json) -> bytes:
    """One message as a line of JSON in UTF-8."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def text(words: str, **more: object) -> Json:
    """A tool's result."""
    return {"content": [{"type": "text", "text": words}], **more}


def given(arguments: Json) -> str:
    """Arguments as the text that tools answer with."""
    return json.dumps(arguments, ensure_ascii=False, sort_keys=True)


def says(response: Json, words: str) -> bytes:
    """A response whose text says something else."""
    return line({**response, "result": {**response["result"], "content": text(words)["content"]}})


def dies(response: Json, arguments: Json) -> NoReturn:
    """As a crash in native code would."""
    os._exit(70)


def hangs(response: Json, arguments: Json) -> NoReturn:
    """It says nothing more; at the end of input it leaves."""
    sys.stdin.buffer.read()
    os._exit(0)


def is_silent(response: Json, arguments: Json) -> bytes:
    """This call is not answered, others are."""
    return b""


def fails_inside(response: Json, arguments: Json) -> bytes:
    """As an exception that nobody caught."""
    failed = {name: member for name, member in response.items() if name != "result"}
    return line({**failed, "error": {"code": -32603, "message": "internal error"}})


def tells_a_traceback(response: Json, arguments: Json) -> bytes:
    """It is refused, but with more than the peer should see."""
    return line({**response, "result": text(TRACEBACK, isError=True)})


def accepts(response: Json, arguments: Json) -> bytes:
    """It is taken for valid."""
    return line({**response, "result": text(given(arguments))})


def refuses(response: Json, arguments: Json) -> bytes:
    """It is taken for invalid."""
    return line({**response, "result": text("this can't be", isError=True)})


def answers_with_no_text(response: Json, arguments: Json) -> bytes:
    """The text of the content is null."""
    return line({**response, "result": {**response["result"], "content": [{"type": "text", "text": None}]}})


def answers_with_parsed_text(response: Json, arguments: Json) -> bytes:
    """The text of the content is the value that the text spells."""
    return line({**response, "result": {"content": [{"type": "text", "text": json.loads(arguments["value"])}]}})


def answers_without_content(response: Json, arguments: Json) -> bytes:
    """The result is empty."""
    return line({**response, "result": {}})


def writes_half_pairs(response: Json, arguments: Json) -> bytes:
    """Each half of a surrogate pair is encoded on its own, which is no UTF-8."""
    return says(response, "\ud83d\ude00")


def replaces_characters(response: Json, arguments: Json) -> bytes:
    """What lies beyond the BMP is replaced."""
    return says(response, "".join(each if each < "\U00010000" else "\ufffd" for each in given(arguments)))


def writes_latin_1(response: Json, arguments: Json) -> bytes:
    """The answer is encoded as in the days of old."""
    return json.dumps(response, ensure_ascii=False).encode("latin-1", "replace") + b"\n"


def breaks_the_line(response: Json, arguments: Json) -> bytes:
    """A newline is written as it is."""
    return line(response)[:-2] + b"\n}\n"


def forgets_to_quote(response: Json, arguments: Json) -> bytes:
    """A quotation mark is written as it is."""
    return line(response).replace(b'\\"', b'"')


def answers_nan(response: Json, arguments: Json) -> bytes:
    """A number comes out that JSON doesn't have."""
    return line({**response, "result": {**response["result"], "structuredContent": {"value": float("nan")}}})


def differs_each_time(response: Json, arguments: Json) -> bytes:
    """The answer has a number that counts up."""
    return says(response, f"answer {next(COUNT)}")


def minds_the_order(response: Json, arguments: Json) -> bytes:
    """The answer is that of the member that came first."""
    return says(response, next(iter(arguments)))


def uses_another_default(response: Json, arguments: Json) -> bytes:
    """What was left out is not what the schema says it is."""
    return says(response, given({**arguments, "limit": 0}))


def loses_text(response: Json, arguments: Json) -> bytes:
    """The text is not what the structured content holds."""
    return says(response, given({"value": ""}))
