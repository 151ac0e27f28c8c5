"""Which tools a client sees: profiles, and the tool with which a session attaches and detaches.

Every session begins with the profile that the configuration names and may then change its own list, nobody else's.
At 2026-07-28 there are no sessions and a list must not depend on earlier requests (spec: server/tools): there the
configuration alone decides, and the tool only tells. This is for short lists in a model's context, not for
security: whoever may call the tool may attach everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from mcp_types import Tool, ToolAnnotations

from smcp.profiles import FULL, Profile, Profiles, Unreadable, load

NAME = "sanctum__tools"
"""The governor's tool."""

LOOKING = ("help", "list-available", "list-attached")
"""Actions that change nothing."""

CHANGING = ("attach", "detach", "attach-profile")
"""Actions that change the session's own list."""


@dataclass(frozen=True)
class Attachment:
    """What one client sees: a profile, and single tools beyond and without it."""

    profile: Profile = FULL
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def shows(self, tool_name: str) -> bool:
        """True if the tool is attached. The governor's own tool always is."""
        if tool_name == NAME or tool_name in self.added:
            return True
        return self.profile.holds(tool_name) and tool_name not in self.removed

    def attach(self, tool_name: str) -> Attachment:
        """Return this with the tool."""
        return replace(self, added=self.added | {tool_name}, removed=self.removed - {tool_name})

    def detach(self, tool_name: str) -> Attachment:
        """Return this without the tool."""
        return replace(self, added=self.added - {tool_name}, removed=self.removed | {tool_name})


class Refused(Exception):
    """An action that can't be done: `code` for programs, the text for people and models."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Request:
    """One call of the governor's tool: its valid arguments, the caller's attachment, every tool name there is."""

    arguments: Mapping[str, Any]
    attachment: Attachment
    names: tuple[str, ...]

    def argument(self, name: str) -> str:
        """Return an argument that the action needs. Raises `Refused` if it is missing."""
        if name not in self.arguments:
            raise Refused("invalid_arguments", f"{self.arguments['action']} needs {name!r}")
        return str(self.arguments[name])

    def attached(self, attachment: Attachment | None = None) -> list[str]:
        """Return the names that are attached, the governor's own first."""
        seen = attachment or self.attachment
        return [NAME, *(name for name in self.names if seen.shows(name))]


@dataclass(frozen=True)
class Reply:
    """What the tool says, and what is attached from now on."""

    content: Mapping[str, Any]
    attachment: Attachment


@dataclass(frozen=True)
class Governor:
    """The configuration: all profiles, and the one that the environment insists on.

    `offered` is whether there is anything to govern; without it the governor's tool isn't listed.
    """

    profiles: Profiles = field(default_factory=Profiles)
    forced: str | None = None
    offered: bool = False

    @classmethod
    def configured(cls, environ: Mapping[str, str]) -> Governor:
        """Read SMCP_PROFILES, SMCP_ATTACH_PROFILE and SMCP_ADMIN_PREFIX. Raises `Unreadable`."""
        path, forced, prefix = (
            environ.get(name) or None for name in ("SMCP_PROFILES", "SMCP_ATTACH_PROFILE", "SMCP_ADMIN_PREFIX")
        )
        profiles = load(Path(path)) if path else Profiles()
        if prefix and "admin" not in profiles.named:
            admin = Profile("admin", "prefix", (prefix,), f"every tool whose name begins with {prefix}")
            profiles = replace(profiles, named={**profiles.named, "admin": admin})
        if forced:
            profiles.get(forced)
        return cls(profiles, forced, bool(path or forced or prefix))

    @property
    def start(self) -> Attachment:
        """What a client sees at first: the environment's profile, else the files' default one, else everything."""
        return Attachment(self.profiles.get(self.forced or self.profiles.default))

    def tool(self, stateful: bool) -> Tool:
        """Return the governor's tool; where nothing may change, it has only the actions that look."""
        return Tool(
            name=NAME,
            title="Attach and detach tools" if stateful else "Available tools",
            description=_DESCRIPTION if stateful else _LOOKING_DESCRIPTION,
            input_schema=_schema((*LOOKING, *CHANGING) if stateful else LOOKING),
            annotations=ToolAnnotations(
                read_only_hint=not stateful,
                destructive_hint=False if stateful else None,
                idempotent_hint=True if stateful else None,
                open_world_hint=False,
            ),
        )

    def act(self, request: Request, stateful: bool) -> Reply:
        """Do what a call of the tool asks for. Raises `Refused`."""
        action = request.arguments.get("action")
        if action in CHANGING and not stateful:
            raise Refused(
                "not_in_a_session",
                f"{action} changes a session, and protocol revision 2026-07-28 has none: "
                "the server's configuration (SMCP_ATTACH_PROFILE, default_profile) decides which tools there are",
            )
        faults = [fault.message for fault in _validator(stateful).iter_errors(request.arguments)]
        if faults:
            raise Refused("invalid_arguments", "; ".join(faults))
        return _ACTIONS[str(action)](self, request)


def _help(governor: Governor, request: Request) -> Reply:
    wanted = str(request.arguments.get("intent", "")).casefold().split()
    hints = [
        {"intent": one.intent, "tool": one.tool, **({"needs": one.needs} if one.needs else {})}
        for one in governor.profiles.hints
        if all(word in one.intent.casefold() for word in wanted)
    ]
    profiles = [
        {"name": one.name, "mode": one.mode, **({"description": one.description} if one.description else {})}
        for one in governor.profiles.named.values()
    ]
    content = {"actions": [*LOOKING, *CHANGING], "profiles": profiles, "intent_hints": hints}
    return Reply({**content, "profile": request.attachment.profile.name}, request.attachment)


def _available(governor: Governor, request: Request) -> Reply:
    shows = request.attachment.shows
    tools = [{"name": name, "attached": shows(name)} for name in request.names]
    return Reply({"profile": request.attachment.profile.name, "tools": tools}, request.attachment)


def _attached(governor: Governor, request: Request) -> Reply:
    return _changed(request, request.attachment)


def _attach(governor: Governor, request: Request) -> Reply:
    return _changed(request, request.attachment.attach(_known(request)))


def _detach(governor: Governor, request: Request) -> Reply:
    if request.argument("tool") == NAME:
        raise Refused("not_detachable", f"{NAME} is what tools are attached with: it stays")
    return _changed(request, request.attachment.detach(_known(request)))


def _attach_profile(governor: Governor, request: Request) -> Reply:
    if governor.forced is not None:
        raise Refused("profile_fixed", f"SMCP_ATTACH_PROFILE fixes the profile {governor.forced!r}")
    try:
        return _changed(request, Attachment(governor.profiles.get(request.argument("profile"))))
    except Unreadable as unknown:
        raise Refused("unknown_profile", str(unknown)) from None


def _changed(request: Request, attachment: Attachment) -> Reply:
    return Reply({"profile": attachment.profile.name, "attached": request.attached(attachment)}, attachment)


def _known(request: Request) -> str:
    name = request.argument("tool")
    if name not in (*request.names, NAME):
        raise Refused("unknown_tool", f"there is no tool {name!r}: list-available names those there are")
    return name


_ACTIONS: Mapping[str, Callable[[Governor, Request], Reply]] = {
    "help": _help,
    "list-available": _available,
    "list-attached": _attached,
    "attach": _attach,
    "detach": _detach,
    "attach-profile": _attach_profile,
}

_DESCRIPTION = (
    "Choose which tools this session lists. list-available names every tool, attach and detach add and remove one, "
    "attach-profile switches to a named set, help names the sets and which tool serves what."
)
_LOOKING_DESCRIPTION = "Name every tool there is, those that are listed, the named sets, and which tool serves what."


def _schema(actions: Iterable[str]) -> dict[str, Any]:
    allowed = list(actions)
    properties: dict[str, Any] = {
        "action": {"type": "string", "enum": allowed, "description": "what to do"},
        "intent": {"type": "string", "description": "for help: only hints whose intent has all these words"},
    }
    if "attach" in allowed:
        properties["tool"] = {"type": "string", "description": "for attach and detach: the tool's name"}
        properties["profile"] = {"type": "string", "description": "for attach-profile: the profile's name"}
    return {"type": "object", "properties": properties, "required": ["action"], "additionalProperties": False}


def _validator(stateful: bool) -> Draft202012Validator:
    return Draft202012Validator(_schema((*LOOKING, *CHANGING) if stateful else LOOKING))
