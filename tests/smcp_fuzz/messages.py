"""Messages, whole and mutated, from a seed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from smcp_canary import TOOL
from smcp_clients import META, call, hello, notification, request

ODD_BYTES = (
    *(
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
        b"\x00",
        b"\x7f",
        b"\r",
        b"\n",
        b"\t",
    ),
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"-", b"9" * 5000),
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**70, "", "x" * 2000, "\u0000", "\ud800", "\u2028", [], {}, [[]], {"": None}),
    *("2.0", "1.0", "tools/call", "initialize", float("nan"), float("inf"), {"__proto__": {}}, [1, "2", None]),
)
ODD_NAMES = ("", "id", "jsonrpc", "method", "params", "result", "error", "_meta", "name", "arguments", "\ud800")


def messages(seed: int, era: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield messages of an era ("handshake" or "stateless") without end, each with what became of it."""
    random = Random(seed)
    number = 0
    while True:
        number += 1
        whole = _template(random, number, era)
        yield whole, random.choice(_WAYS)(random, whole)


def _template(random: Random, number: int, era: str) -> dict[str, Any]:
    extra: dict[str, Any] = {"_meta": META} if era == "stateless" else {}
    canary = call(number, TOOL, {"token": f"t{number}"}, **extra)
    others = (
        request(number, "ping", dict(extra)),
        request(number, "tools/list", dict(extra)),
        request(str(number), "tools/list", dict(extra)),
        request(number, "prompts/list", dict(extra)),
        call(number, "no__such", {"x": [1, {"y": None}]}, **extra),
        hello(request_id=number),
        notification("notifications/initialized"),
        notification("notifications/progress", {"progressToken": number, "progress": 1}),
        {"jsonrpc": "2.0", "id": number, "result": {}},
    )
    return copy.deepcopy(canary if random.random() < 0.3 else random.choice(others))


def _written(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=True).encode("ascii")


def _as_it_is(random: Random, whole: Any) -> bytes:
    return _written(whole)


def _bytes_changed(random: Random, whole: Any) -> bytes:
    raw = bytearray(_written(whole))
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        place = random.randrange(len(raw) + 1)
        until = min(len(raw), place + random.choice((0, 1, 1, 3, 20)))
        raw[place:until] = random.choice((b"", random.choice(ODD_BYTES), random.randbytes(random.randrange(1, 6))))
    return bytes(raw)


def _bit_flipped(random: Random, whole: Any) -> bytes:
    raw = bytearray(_written(whole))
    raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    return bytes(raw)


def _truncated(random: Random, whole: Any) -> bytes:
    raw = _written(whole)
    return raw[: random.randrange(len(raw))]


def _doubled(random: Random, whole: Any) -> bytes:
    raw = _written(whole)
    return raw + random.choice((b"", b" ", b",", b"\x00")) + raw


def _noise(random: Random, whole: Any) -> bytes:
    return random.randbytes(random.choice((1, 10, 100, 5000)))


def _deep(random: Random, whole: Any) -> bytes:
    depth = random.choice((50, 200, 100_000))
    return _written(whole).replace(b'"2.0"', b'"2.0","deep":' + b"[" * depth + b"]" * depth, 1)


def _member_changed(random: Random, whole: Any) -> bytes:
    """One member, somewhere, replaced, renamed, removed or added."""
    message = copy.deepcopy(whole)
    spots = list(_spots(message))
    for _ in range(random.choice((1, 1, 2, 3))):
        holder, name = random.choice(spots)
        change = random.randrange(4)
        if change == 0:
            holder[name] = copy.deepcopy(random.choice(ODD_VALUES))
        elif change == 1:
            holder.pop(name, None)
        elif change == 2:
            holder[random.choice(ODD_NAMES)] = holder.pop(name, None)
        else:
            holder[random.choice(ODD_NAMES)] = copy.deepcopy(random.choice(ODD_VALUES))
    return _written(message)


def _spots(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield value, name
            yield from _spots(held)


def _in_a_list(random: Random, whole: Any) -> bytes:
    return _written(random.choice(([whole], [whole, whole], [], [[whole]], [whole, 7])))


_WAYS: tuple[Callable[[Random, Any], bytes], ...] = (
    _as_it_is,
    _bytes_changed,
    _bytes_changed,
    _bytes_changed,
    _bit_flipped,
    _truncated,
    _doubled,
    _noise,
    _deep,
    _member_changed,
    _member_changed,
    _member_changed,
    _in_a_list,
)
