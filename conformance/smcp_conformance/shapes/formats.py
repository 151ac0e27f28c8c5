"""The three string formats that MCP's schemas name, none of which JSON Schema checks unless asked to."""

from __future__ import annotations

import base64
import re

from jsonschema import FormatChecker

FORMATS = FormatChecker(formats=())
PLAIN = r"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
PCHAR = rf"(?:{PLAIN}|[:@])"
HOST = rf"(?:\[[0-9A-Fa-fvV:.]+\]|{PLAIN}*)"
URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:(?:{PLAIN}|:)*@)?{HOST}(?::[0-9]*)?(?:/{PCHAR}*)*|/?(?:{PCHAR}+(?:/{PCHAR}*)*)?)"
    rf"(?:\?(?:{PCHAR}|[/?])*)?(?:\#(?:{PCHAR}|[/?])*)?"
)
VARIABLE = r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*(?::[1-9][0-9]{0,3}|\*)?"
EXPRESSION = re.compile(rf"\{{[+#./;?&=,!@|]?{VARIABLE}(?:,{VARIABLE})*\}}")
LITERALS = re.compile(r"""(?: [^\x00-\x20\x7f"<>\\^`{|}%] | %[0-9A-Fa-f]{2} )*""", re.VERBOSE)


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Tell whether a string is an absolute URI (RFC 3986); other values pass."""
    return not isinstance(value, str) or URI.fullmatch(value) is not None


@FORMATS.checks("uri-template")
def is_uri_template(value: object) -> bool:
    """Tell whether a string is a URI template (RFC 6570), literals included; other values pass."""
    return not isinstance(value, str) or LITERALS.fullmatch(EXPRESSION.sub("", value)) is not None


@FORMATS.checks("byte", raises=ValueError)
def is_base64(value: object) -> bool:
    """Tell whether a string is Base64 with padding and the standard alphabet (RFC 4648, section 4); others pass."""
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True
