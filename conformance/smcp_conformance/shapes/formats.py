"""The three string formats that MCP's schemas name, none of which JSON Schema checks unless asked to."""

from __future__ import annotations

import base64
import re

from jsonschema import Draft202012Validator, FormatChecker

FORMATS = FormatChecker(formats=())
STANDARD = Draft202012Validator.FORMAT_CHECKER
EXPRESSION = re.compile(r"\{[^{}]*\}")
LITERALS = re.compile(r"""(?: [^\x00-\x20\x7f"<>\\^`{|}%] | %[0-9A-Fa-f]{2} )*""", re.VERBOSE)


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Tell whether a string is an absolute URI (RFC 3986); other values pass."""
    return not isinstance(value, str) or ("\n" not in value and STANDARD.conforms(value, "uri"))


@FORMATS.checks("uri-template")
def is_uri_template(value: object) -> bool:
    """Tell whether a string is a URI template (RFC 6570), literals included; other values pass."""
    if not isinstance(value, str):
        return True
    return LITERALS.fullmatch(EXPRESSION.sub("", value)) is not None and STANDARD.conforms(value, "uri-template")


@FORMATS.checks("byte", raises=ValueError)
def is_base64(value: object) -> bool:
    """Tell whether a string is Base64 with padding and the standard alphabet (RFC 4648, section 4); others pass."""
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True
