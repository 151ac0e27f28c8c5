"""URI templates (RFC 6570) filled with texts: every operator of levels 1 to 3, and the modifiers of level 4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

RESERVED = ":/?#[]@!$&'()*+,;="
EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]*)\}")
OPERATORS: Mapping[str, tuple[str, str, bool, str]] = {  # first, separator, named, characters that stay
    "": ("", ",", False, ""),
    "+": ("", ",", False, RESERVED),
    "#": ("#", ",", False, RESERVED),
    ".": (".", ".", False, ""),
    "/": ("/", "/", False, ""),
    ";": (";", ";", True, ""),
    "?": ("?", "&", True, ""),
    "&": ("&", "&", True, ""),
}


def variables(template: str) -> list[str]:
    """The names of a template's variables, without their modifiers, each once."""
    listed = [name for _, names in EXPRESSION.findall(template) for name in names.split(",")]
    return list(dict.fromkeys(_bare(name) for name in listed if name))


def expand(template: str, values: Mapping[str, str]) -> str:
    """Fill a template with texts; a variable without a value is left out, as the RFC has it."""
    return EXPRESSION.sub(lambda match: _expression(match[1], match[2].split(","), values), template)


def _expression(operator: str, names: list[str], values: Mapping[str, str]) -> str:
    first, separator, named, kept = OPERATORS[operator]
    parts = [_part(name, values[_bare(name)], named, operator, kept) for name in names if _bare(name) in values]
    return first + separator.join(parts) if parts else ""


def _part(name: str, value: str, named: bool, operator: str, kept: str) -> str:
    most = re.search(r":(\d+)$", name)
    cut = value[: int(most[1])] if most else value
    text = quote(cut.encode("utf-8", "surrogatepass"), safe=kept)
    if not named:
        return text
    return f"{_bare(name)}={text}" if text or operator != ";" else _bare(name)


def _bare(name: str) -> str:
    return re.sub(r":\d+$|\*$", "", name)
