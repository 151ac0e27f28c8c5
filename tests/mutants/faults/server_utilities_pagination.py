"""Faults of pagination (server/utilities/pagination)."""

from __future__ import annotations

from typing import Any

from mutants import revisions, wire
from mutants.faults import change_errors, change_results, fault, override
from mutants.faults.tampering import without
from mutants.features import pages
from mutants.machine import Machine
from mutants.session import Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS
HANDSHAKE = revisions.HANDSHAKE


@fault(
    "next-cursor-null",
    breaks=("pagination.next-cursor-type", "schema.optional-not-null"),
    summary="the last page says nextCursor: null",
)
def next_cursor_null(machine: Machine) -> None:
    change_results(machine, "tools/list", lambda page: {"nextCursor": None, **page})


@fault("next-cursor-number", breaks=("pagination.next-cursor-type",), summary="cursors are numbers")
def next_cursor_number(machine: Machine) -> None:
    change_results(machine, "tools/list", lambda page: {**page, "nextCursor": 4} if "nextCursor" in page else page)


def _read_cursor(machine: Machine, read: Any) -> None:
    """Let `read(cursor)` decide which cursor a list request seems to carry (None: none)."""

    def serve(original: Any, call: Call) -> Any:
        if call.method.endswith("/list") and isinstance(call.params.get("cursor"), str):
            cursor = read(call.params["cursor"])
            call.params = without(call.params, "cursor") | ({} if cursor is None else {"cursor": cursor})
        return original(call)

    override(machine.server, "serve", serve)


@fault("cursors-refused", breaks=("pagination.cursor-accepted",), summary="cursors that were handed out are refused")
def cursors_refused(machine: Machine) -> None:
    _read_cursor(machine, lambda cursor: "refused " + cursor)


@fault("pages-never-end", breaks=("pagination.terminates",), summary="the last page points to itself")
def pages_never_end(machine: Machine) -> None:
    last = pages.cursor("tools", 8)
    change_results(machine, "tools/list", lambda page: {"nextCursor": last, **page})


@fault("pages-overlap", breaks=("pagination.no-duplicates-or-gaps",), summary="the first tool is on every page")
def pages_overlap(machine: Machine) -> None:
    first = {"name": "echo", "inputSchema": {"type": "object"}}
    change_results(
        machine,
        "tools/list",
        lambda page: {
            **page,
            "tools": [first, *page["tools"]] if page["tools"][0]["name"] != "echo" else page["tools"],
        },
    )


@fault("cursors-used-up", breaks=("pagination.stable-cursors",), summary="a cursor works once")
def cursors_used_up(machine: Machine) -> None:
    used: set[str] = set()

    def _use(cursor: str) -> str:
        used.add(cursor)
        return cursor

    _read_cursor(machine, lambda cursor: "used up" if cursor in used else _use(cursor))


@fault(
    "invalid-cursor-ignored",
    breaks=("pagination.invalid-cursor-code",),
    summary="an invalid cursor gets the first page",
)
def invalid_cursor_ignored(machine: Machine) -> None:
    known = {pages.cursor(name, start) for name in ("tools", "prompts", "resources") for start in range(20)}
    _read_cursor(machine, lambda cursor: cursor if cursor in known else None)


@fault(
    "invalid-cursor-kills",
    breaks=("pagination.invalid-cursor-graceful", "pagination.invalid-cursor-code"),
    transport="stdio",
    summary="an invalid cursor kills the process",
)
def invalid_cursor_kills(machine: Machine) -> None:
    known = {pages.cursor(name, start) for name in ("tools", "prompts", "resources") for start in range(20)}
    _read_cursor(machine, lambda cursor: cursor if cursor in known else machine.stdio.exit(1))


@fault("invalid-cursor-miscoded", breaks=("pagination.invalid-cursor-code",), summary="an invalid cursor gets -32603")
def invalid_cursor_miscoded(machine: Machine) -> None:
    change_errors(machine, lambda error: {**error, "code": -32603} if error["message"] == "unknown cursor" else error)


@fault(
    "cursor-member-refused",
    breaks=("pagination.all-lists",),
    summary="resources/templates/list takes no cursor, not even to call it invalid",
)
def cursor_member_refused(machine: Machine) -> None:
    def templates(original: Any, call: Call) -> Any:
        if "cursor" in call.params:
            raise RpcError(wire.INVALID_REQUEST, "cursor is not a known member")
        return original(call)

    override(machine.server.resources, "templates", templates)


@fault(
    "params-demanded",
    breaks=("pagination.params-optional",),
    summary="list requests without params are refused",
    revisions=HANDSHAKE,
)
def params_demanded(machine: Machine) -> None:
    def open_(original: Any, session: Any, message: Json, send: Any) -> Any:
        if message["method"].endswith("/list") and "params" not in message:
            raise RpcError(wire.INVALID_PARAMS, "params are required")
        return original(session, message, send)

    override(machine.server, "open", open_)


@fault(
    "empty-cursor-ignored",
    breaks=("pagination.empty-string-cursor", "pagination.invalid-cursor-code"),
    summary="an empty cursor gets the first page",
    revisions=STATELESS,
)
def empty_cursor_ignored(machine: Machine) -> None:
    _read_cursor(machine, lambda cursor: cursor or None)


@fault(
    "cursors-per-process",
    breaks=("pagination.cursor-connection-independent", "stateless.cross-connection"),
    transport="stdio",
    summary="cursors work in the process that made them only",
    revisions=STATELESS,
)
def cursors_per_process(machine: Machine) -> None:
    mark = machine.stdio.session.id
    _read_cursor(machine, lambda cursor: cursor.removesuffix(mark) if cursor.endswith(mark) else "foreign")
    for method in ("tools/list", "prompts/list", "resources/list"):
        change_results(
            machine,
            method,
            lambda page: {**page, "nextCursor": page["nextCursor"] + mark} if "nextCursor" in page else page,
        )
