"""Generated members of messages: ids, progress tokens, versions, methods, cursors, `_meta`, log levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smcp_conformance.checks.basic.patterns.progress import report, same
from smcp_conformance.codes import INVALID_PARAMS, METHOD_NOT_FOUND, UNSUPPORTED_VERSION
from smcp_conformance.lists import list_methods
from smcp_conformance.reply import Reply, brief
from smcp_conformance.revisions import HANDSHAKE_REVISIONS
from smcp_conformance.search.protocol.probe import Probe
from smcp_conformance.search.protocol.protocol_check import of_values
from smcp_conformance.session import Session
from smcp_conformance.speaker import META
from smcp_conformance.toolbox import patience, start_call
from smcp_conformance.traffic import identity

VERSION_HEADER = "MCP-Protocol-Version"
HANDSHAKE_ID = 1
UNKNOWN_LEVEL = "conformance"
INVENTED_CURSOR = "conformance-no-such-cursor"
RARELY = 5  # times fewer examples for what costs a process each


def answer_to(session: Session, id: str | int) -> Mapping[str, Any]:
    """The next response after a harmless request: in a session where nothing else is sent it is the answer to that."""
    pending = session.start(session.ping_method, id=id)
    heard = session.listen(session.reply_timeout, lambda frame: frame.is_response)
    return heard[-1].message if heard and heard[-1].is_response else pending.wait(0.1).message


@of_values("ids", "jsonrpc.response.id-type-preserved", silence=True)
def any_id_comes_back(probe: Probe, id: str | int) -> None:
    """Sends a harmless request under a string or an integer; the answer must carry that very id."""
    session = probe.own
    if id == HANDSHAKE_ID and not session.stateless:
        probe.skip("the handshake had this id")
    echo = answer_to(session, id).get("id")
    assert identity(echo) == identity(id), f"got the id {brief(ascii(echo))}, must be {brief(ascii(id))}"


@of_values(
    "tokens",
    "progress.token-accepted-everywhere",
    plain="conformance-token",
    told_by="basic/patterns/progress::a_token_is_accepted_on_any_request",
)
def any_progress_token_is_accepted(probe: Probe, token: str | int) -> None:
    """Sends a harmless request with a string or an integer for a progress token; it should be served as without."""
    reply = probe.session.request(probe.harmless, meta={"progressToken": token})
    assert reply.succeeded, f"got {reply} for {probe.harmless} with that progressToken, must be a result"


@of_values("reporting_tokens", "progress.known-token-only", "progress.token-exact")
def progress_carries_the_token_of_its_request(probe: Probe, token: str | int) -> None:
    """Calls a tool that reports progress; each report must carry the token of the call, in value and type."""
    made = probe.reporting
    assert made is not None, "got no tool that reports progress, must be one: it was looked for before"
    pending = start_call(probe.session, made.tool, made.arguments, {"progressToken": token})
    reports = [params for frame in pending.wait(patience(probe.session)).before if (params := report(frame))]
    others = [params for params in reports if not same(params.get("progressToken"), token)]
    assert not others, f"got {brief(others[:1])}, must have the progressToken {brief(ascii(token))}"


@of_values("unknown_versions", "lifecycle.initialize.version-alternative", rarely=RARELY)
def no_unknown_version_is_agreed_to(probe: Probe, version: str) -> None:
    """Asks in `initialize` for a version that never was; no result may agree to it."""
    with probe.leg.connection(revision=HANDSHAKE_REVISIONS[-1]) as session:
        reply = session.request("initialize", {**session.initialize_params(), "protocolVersion": version})
    agreed = reply.result.get("protocolVersion") == version
    assert not agreed, f"got {reply}, must be a version that the server supports"


@of_values(
    "unknown_version_headers",
    "version.unsupported.error",
    "version.unsupported.data",
    plain="1999-01-01",
    told_by="basic/versioning",
)
def unknown_versions_in_metadata_are_refused(probe: Probe, version: str) -> None:
    """Names a version that never was in a request's metadata; it must get -32022, with the version in its data."""
    session = probe.own
    session.conversation.malformed = True
    headers = {VERSION_HEADER: version} if probe.offer.transport == "http" else None
    reply = session.request(session.ping_method, meta={META + "protocolVersion": version}, headers=headers)
    data = reply.error.get("data") if reply.error else None
    fine = reply.code == UNSUPPORTED_VERSION and isinstance(data, dict) and data.get("requested") == version
    assert fine, f"got {reply}, must be the error -32022 with the data.requested {version!r}"


@of_values(
    "unknown_methods",
    "jsonrpc.method-not-found",
    plain="conformance/no-such-method",
    told_by="basic/index/requests::unknown_method_is_refused",
)
def any_unknown_method_is_refused(probe: Probe, method: str) -> None:
    """Calls a method that no revision knows; the answer must be the error -32601."""
    reply = probe.session.request(method)
    assert reply.code == METHOD_NOT_FOUND, f"got {reply}, must be the error -32601 (Method not found)"


def lists_from(probe: Probe, cursor: str) -> list[tuple[str, Reply]]:
    """Each declared list, asked for from a cursor."""
    return [(each, probe.session.request(each, {"cursor": cursor})) for each in list_methods(probe.offer)]


@of_values("cursors", "pagination.invalid-cursor-graceful", silence=True)
def any_cursor_does_no_harm(probe: Probe, cursor: str) -> None:
    """Asks for each list from a cursor that nobody gave out; each must be answered, however."""
    lists_from(probe, cursor)


@of_values(
    "cursors",
    "pagination.invalid-cursor-code",
    plain=INVENTED_CURSOR,
    told_by="server/utilities/pagination::invalid_cursors_are_refused",
)
def any_invented_cursor_is_refused(probe: Probe, cursor: str) -> None:
    """Asks for each list from a cursor that nobody gave out; the answer should be the error -32602."""
    for method, reply in lists_from(probe, cursor):
        assert reply.code == INVALID_PARAMS, f"got {reply} for {method}, must be the error -32602"


@of_values(
    "meta_members",
    "meta.unknown-keys-tolerated",
    plain={"com.example/conformance": [1, None]},
    told_by="basic/index/requests::unknown_members_are_ignored",
)
def any_key_of_metadata_is_tolerated(probe: Probe, meta: dict[str, Any]) -> None:
    """Adds keys to `_meta` that are legal and reserved for nobody, with any values; the request should be served."""
    reply = probe.session.request(probe.harmless, {}, meta=meta)
    assert reply.succeeded, f"got {reply} for {probe.harmless} with that _meta, must be a result"


@of_values(
    "reserved_members",
    "meta.reserved-values-no-assumptions",
    plain={META + "conformance-test": 1},
    told_by="basic/index/meta::undefined_key_under_a_reserved_prefix_is_ignored",
)
def any_undefined_reserved_key_is_ignored(probe: Probe, meta: dict[str, Any]) -> None:
    """Adds keys under MCP's own prefix that no revision defines, with any values; the request must be served."""
    reply = probe.session.request(probe.session.ping_method, {}, meta=meta)
    assert reply.succeeded, f"got {reply} with that _meta, must be a result"


@of_values(
    "unknown_levels",
    "logging.set-level.invalid",
    plain=UNKNOWN_LEVEL,
    told_by="server/utilities/logging::unknown_levels_are_refused",
)
def any_unknown_level_is_refused(probe: Probe, level: str) -> None:
    """Sets a log level that is none; the answer should be the error -32602."""
    session = probe.own
    session.conversation.malformed = True
    reply = session.request("logging/setLevel", {"level": level})
    assert reply.code == INVALID_PARAMS, f"got {reply}, must be the error -32602"


@of_values(
    "unknown_levels",
    "logging.invalid-level-request",
    plain=UNKNOWN_LEVEL,
    told_by="server/utilities/logging::unknown_levels_in_metadata_are_refused",
)
def any_unknown_level_in_metadata_is_refused(probe: Probe, level: str) -> None:
    """At 2026-07-28 sends a harmless request with a log level that is none; it should get the error -32602."""
    session = probe.own
    session.conversation.malformed = True
    reply = session.request(session.ping_method, meta={META + "logLevel": level})
    assert reply.code == INVALID_PARAMS, f"got {reply}, must be the error -32602"
