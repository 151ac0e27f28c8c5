"""Sets of characters as ranges of code points: ECMA-262's classes, Unicode's categories, and how `re` writes them."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

Ranges = list[tuple[int, int]]

ALL: Ranges = [(0, sys.maxunicode)]
NOTHING = "(?!)"
ANYTHING = "(?s:.)"
MANY = 1_000_000  # of the 1,114,112 characters; it is then what's missing that is spelled out
CLASSES: Mapping[str, Ranges] = {
    "d": [(48, 57)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
    "s": [
        *((9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
        *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
    ],
}
LONG_NAMES: Mapping[str, str] = {
    "Letter": "L",
    "Uppercase_Letter": "Lu",
    "Lowercase_Letter": "Ll",
    "Mark": "M",
    "Number": "N",
    "Decimal_Number": "Nd",
    "digit": "Nd",
    "Punctuation": "P",
    "punct": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Other": "C",
    "Control": "Cc",
}
CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me", "Mn", "Nd", "Nl", "No"} | {
    *("Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"),
    *("C", "L", "M", "N", "P", "S", "Z"),
}


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """All characters that `ranges` leaves out, in order."""
    found, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return [*found, (start, sys.maxunicode)] if start <= sys.maxunicode else found


@cache
def property_ranges(name: str) -> Ranges | None:
    r"""The characters of a Unicode property as `\p` names it, or None for one that isn't known here."""
    if name in ("ASCII", "Any"):
        return [(0, 127)] if name == "ASCII" else ALL
    category = LONG_NAMES.get(name, name)
    if category not in CATEGORIES:
        return None
    found: Ranges = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category):
            if found and found[-1][1] == code - 1:
                found[-1] = (found[-1][0], code)
            else:
                found.append((code, code))
    return found


def written(ranges: Iterable[tuple[int, int]]) -> str:
    """The class of these characters as `re` spells it; what matches nothing, if there are none."""
    listed = list(ranges)
    if len(listed) == 1 and listed[0][0] == listed[0][1]:
        return _character(listed[0][0])
    if sum(high - low + 1 for low, high in listed) <= MANY:
        return _class("", listed) if listed else NOTHING
    return _class("^", complement(listed)) if complement(listed) else ANYTHING


def _class(sign: str, ranges: Ranges) -> str:
    return f"[{sign}{''.join(_range(low, high) for low, high in ranges)}]"


def _range(low: int, high: int) -> str:
    return _character(low) if low == high else f"{_character(low)}-{_character(high)}"


def _character(code: int) -> str:
    if code < 128 and chr(code).isalnum():
        return chr(code)
    return f"\\x{code:02x}" if code < 256 else f"\\U{code:08x}"
