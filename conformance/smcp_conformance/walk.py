"""The most ordinary traffic of a leg, made once for its monitors: whatever else was selected, they judge at least that.

Without it a monitor would pass just because `-k`, `--lf` or an id left out the checks that would have shown something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smcp_conformance.lists import declared_lists
from smcp_conformance.session import Session
from smcp_conformance.toolbox import call_together

if TYPE_CHECKING:
    from smcp_conformance.leg import Leg

PROBE = "the leg's ordinary traffic"
UNKNOWN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tools", "tools/call", {"name": "conformance-no-such-tool", "arguments": {}}),
    ("resources", "resources/read", {"uri": "conformance:no-such-resource"}),
)
MOST = 5  # tools, resources and prompts of each kind that are used


def walk(leg: Leg) -> None:
    """Open, ping, be refused, list what is declared, use a little of it; raises `WireError` where that ends.

    What may take long comes last: how far the walk came is judged all the same.
    """
    session = leg.session
    session.ping()
    session.request("conformance/no-such-method")
    listed = {each.method: session.list_all(each.method, each.member) for each in declared_lists(leg.offer)}
    for capability, method, params in UNKNOWN:
        if leg.offer.declares(capability):
            session.request(method, params)
    session.request(session.ping_method, id="é ☃ 😀\nand a second line")
    _use(session, listed)
    call_together(session, [one for one in leg.calls if one.reply is not None][:MOST])


def _use(session: Session, listed: dict[str, tuple[dict[str, Any], ...]]) -> None:
    """Read some of the resources, and get some of the prompts that require nothing."""
    uris = [each["uri"] for each in listed.get("resources/list", ()) if isinstance(each.get("uri"), str)]
    prompts = [each["name"] for each in listed.get("prompts/list", ()) if _is_free(each)]
    for uri in uris[:MOST]:
        session.request("resources/read", {"uri": uri})
    for name in prompts[:MOST]:
        session.request("prompts/get", {"name": name})


def _is_free(prompt: dict[str, Any]) -> bool:
    """Tell whether a prompt can be had without arguments."""
    arguments = prompt.get("arguments") or []
    required = isinstance(arguments, list) and any(isinstance(a, dict) and a.get("required") for a in arguments)
    return isinstance(prompt.get("name"), str) and isinstance(arguments, list) and not required
