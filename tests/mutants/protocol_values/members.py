"""Faults with some ids, tokens, versions, methods, cursors, keys of `_meta`, levels and names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutants import revisions, wire
from mutants.faults import change_messages, override, replace_method
from mutants.machine import Machine
from mutants.protocol_values import with_value
from mutants.session import LEVELS, Call
from mutants.wire import Json, RpcError

STATELESS = revisions.STATELESS[0]


def refuse_if(machine: Machine, wrong: Callable[[Call], bool], code: int = wire.INVALID_PARAMS) -> None:
    """Refuse the requests that `wrong` tells."""

    def serve(original: Any, call: Call) -> Any:
        if wrong(call):
            raise RpcError(code, "refused")
        return original(call)

    override(machine.server, "serve", serve)


def crash_if(machine: Machine, method: str, wrong: Callable[[Json], bool]) -> None:
    """End the process at requests of `method` whose params `wrong` tells (stdio only)."""

    def serve(original: Any, call: Call) -> Any:
        if call.method == method and wrong(call.params):
            machine.stdio.exit(3)
        return original(call)

    override(machine.server, "serve", serve)


def change_ids(machine: Machine, change: Callable[[Any], Any]) -> None:
    """Answer under ids that went through `change`."""
    change_messages(machine, lambda sent: {**sent, "id": change(sent["id"])} if "id" in sent else sent)


@with_value("id-loses-astral", check="any_id_comes_back", minimal="𐀀", summary="ids lose what is beyond 16 bits")
def id_loses_astral(machine: Machine) -> None:
    change_ids(machine, lambda id_: "".join(c if c <= "\uffff" else "?" for c in id_) if isinstance(id_, str) else id_)


@with_value("id-of-32-bits", check="any_id_comes_back", minimal=2**31, summary="integer ids have 32 bits")
def id_of_32_bits(machine: Machine) -> None:
    change_ids(machine, lambda id_: (id_ + 2**31) % 2**32 - 2**31 if isinstance(id_, int) else id_)


@with_value(
    "token-must-be-true",
    check="any_progress_token_is_accepted",
    minimal="",
    summary="tokens that are false are refused",
)
def token_must_be_true(machine: Machine) -> None:
    refuse_if(machine, lambda call: not call.meta.get("progressToken", "none"))


@with_value(
    "token-loses-its-sign",
    check="progress_carries_the_token_of_its_request",
    minimal=-1,
    summary="negative tokens come back positive",
)
def token_loses_its_sign(machine: Machine) -> None:
    def change(sent: Json) -> Json:
        token = sent.get("params", {}).get("progressToken")
        if sent.get("method") != "notifications/progress" or not isinstance(token, int):
            return sent
        return {**sent, "params": {**sent["params"], "progressToken": abs(token)}}

    change_messages(machine, change)


@with_value(
    "version-by-its-century",
    check="no_unknown_version_is_agreed_to",
    minimal="2000-01-01",
    summary="every version of this century is agreed to",
    transport="http",
)
def version_by_its_century(machine: Machine) -> None:
    def change(sent: Json, call: Call) -> Json:
        asked = call.params["protocolVersion"]
        return {**sent, "protocolVersion": asked} if asked.startswith("20") else sent

    serve = machine.server.methods["initialize"].serve
    replace_method(machine, "initialize", lambda call: change(serve(call), call))


@with_value(
    "version-or-later",
    check="unknown_versions_in_metadata_are_refused",
    minimal=f"{STATELESS}0",
    summary="later versions are served like the one that is known",
    revision=STATELESS,
)
def version_or_later(machine: Machine) -> None:
    def check_meta(original: Any, call: Call) -> Any:
        version = call.meta.get(revisions.VERSION_KEY)
        if isinstance(version, str) and version > STATELESS:
            call.meta = {**call.meta, revisions.VERSION_KEY: STATELESS}
        return original(call)

    override(machine.server, "check_meta", check_meta)


@with_value(
    "dotted-method-misread",
    check="any_unknown_method_is_refused",
    minimal="conformance-none/.",
    summary="unknown methods with a dot get -32602",
)
def dotted_method_misread(machine: Machine) -> None:
    refuse_if(machine, lambda call: "." in call.method)


@with_value("cursor-nul-kills", check="any_cursor_does_no_harm", minimal="\0", summary="a NUL in a cursor is the end")
def cursor_nul_kills(machine: Machine) -> None:
    for method in ("tools/list", "prompts/list", "resources/list"):
        crash_if(machine, method, lambda params: "\0" in str(params.get("cursor")))


@with_value(
    "blank-cursor-accepted",
    check="any_invented_cursor_is_refused",
    minimal=" ",
    summary="a cursor of blanks is taken for none",
)
def blank_cursor_accepted(machine: Machine) -> None:
    def serve(original: Any, call: Call) -> Any:
        if isinstance(call.params.get("cursor"), str) and not call.params["cursor"].strip():
            call.params = {name: value for name, value in call.params.items() if name != "cursor"}
        return original(call)

    override(machine.server, "serve", serve)


@with_value(
    "meta-null-refused",
    check="any_key_of_metadata_is_tolerated",
    minimal={"0": None},
    summary="null in metadata is refused",
)
def meta_null_refused(machine: Machine) -> None:
    refuse_if(machine, lambda call: None in call.meta.values())


@with_value(
    "reserved-meta-false-refused",
    check="any_undefined_reserved_key_is_ignored",
    minimal={"io.modelcontextprotocol/conformancea": False},
    summary="false under MCP's own prefix is refused",
)
def reserved_meta_false_refused(machine: Machine) -> None:
    refuse_if(
        machine, lambda call: any(key.startswith(revisions.PREFIX) and call.meta[key] is False for key in call.meta)
    )


@with_value(
    "level-in-any-case", check="any_unknown_level_is_refused", minimal="INFO ", summary="levels are read without case"
)
def level_in_any_case(machine: Machine) -> None:
    serve = machine.server.methods["logging/setLevel"].serve

    def set_level(call: Call) -> Json:
        level = str(call.params.get("level")).strip().lower()
        call.params = {"level": level} if level in LEVELS else call.params
        return serve(call)

    replace_method(machine, "logging/setLevel", set_level)


@with_value(
    "requested-level-in-any-case",
    check="any_unknown_level_in_metadata_is_refused",
    minimal="INFO ",
    summary="levels in metadata are read without case",
    revision=STATELESS,
)
def requested_level_in_any_case(machine: Machine) -> None:
    def check_meta(original: Any, call: Call) -> Any:
        level = str(call.meta.get(revisions.LEVEL_KEY)).strip().lower()
        call.meta = {**call.meta, revisions.LEVEL_KEY: level} if level in LEVELS else call.meta
        return original(call)

    override(machine.server, "check_meta", check_meta)


@with_value(
    "tool-path-in-result",
    check="any_unknown_tool_is_a_protocol_error",
    minimal="/",
    summary="an unknown tool whose name is a path gets a result that says isError",
)
def tool_path_in_result(machine: Machine) -> None:
    def call_tool(original: Any, call: Call) -> Any:
        if str(call.params.get("name")).startswith("/"):
            return {"content": [{"type": "text", "text": "no such tool"}], "isError": True}
        return original(call)

    override(machine.server.tools, "call", call_tool)


@with_value(
    "nameless-prompt-breaks",
    check="any_unknown_prompt_is_refused",
    minimal="",
    summary="a prompt without a name gets -32603",
)
def nameless_prompt_breaks(machine: Machine) -> None:
    refuse_if(machine, lambda call: call.method == "prompts/get" and not call.params.get("name"), wire.INTERNAL_ERROR)


@with_value(
    "escaped-uri-is-empty",
    check="any_absent_resource_is_an_error",
    minimal="conformance:%00",
    summary="what does not exist is empty if its URI has escapes",
)
def escaped_uri_is_empty(machine: Machine) -> None:
    def read(original: Any, call: Call) -> Any:
        return {"contents": []} if "%" in str(call.params.get("uri")) else original(call)

    override(machine.server.resources, "read", read)
