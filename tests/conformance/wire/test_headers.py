"""The headers of messages: what mirrors the body, and how values are encoded."""

from __future__ import annotations

import pytest

from smcp_conformance.wire.http import header_value, merge, routing_headers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain name", "plain name"),
        ("é", "=?base64?w6k=?="),
        (" edge", "=?base64?IGVkZ2U=?="),
        ("", "=?base64??="),
        ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
        ("=?BASE64?x?=", "=?BASE64?x?="),
    ],
)
def test_header_values_are_encoded_where_ascii_does_not_carry_them(text: str, value: str) -> None:
    """The Base64 form is for what can't be sent as it is, or would be misread."""
    assert header_value(text) == value


def test_routing_headers_name_what_is_called() -> None:
    """Requests only; the name is that of the tool, prompt or resource."""
    assert routing_headers({"id": 1, "method": "tools/call", "params": {"name": "add"}}) == {
        "Mcp-Method": "tools/call",
        "Mcp-Name": "add",
    }
    assert routing_headers({"id": 1, "method": "resources/read", "params": {"uri": "a:b"}})["Mcp-Name"] == "a:b"
    assert routing_headers({"id": 1, "method": "tools/call", "params": []}) == {"Mcp-Method": "tools/call"}
    assert routing_headers({"method": "notifications/x"}) == {}
    assert routing_headers({"id": 1, "method": 5}) == {}
    assert merge({"A": "1", "B": "2"}, {"a": None, "C": "3"}) == {"B": "2", "a": None, "C": "3"}
