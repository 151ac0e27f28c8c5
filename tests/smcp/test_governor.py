"""The governor by itself: what is attached at first, and what each action answers and leaves attached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from smcp.governor import CHANGING, LOOKING, NAME, Attachment, Governor, Refused, Reply, Request
from smcp.profiles import FULL, Profile, Unreadable

NAMES = ("tasks__create", "tasks__list", "pos__menu", "health")
MENU = Attachment(Profile("menu", "explicit", ("pos__menu",)))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with two profiles, of which `menu` is the default one."""
    content = {
        "default_profile": "menu",
        "profiles": {
            "menu": {"mode": "explicit", "tools": ["pos__menu"]},
            "tasks": {"mode": "prefix", "prefix": "tasks__", "description": "all about tasks"},
        },
        "intent_hints": [
            {"intent": "create task", "tool": "tasks__create", "needs": "list-id"},
            {"intent": "Read the Menu", "tool": "pos__menu"},
        ],
    }
    (tmp_path / "p.json").write_text(json.dumps(content), encoding="utf-8")
    return {"SMCP_PROFILES": str(tmp_path / "p.json")}


def act(governor: Governor, attachment: Attachment | None = None, stateful: bool = True, **arguments: Any) -> Reply:
    """Do one action."""
    return governor.act(Request(arguments, attachment or governor.start, NAMES), stateful)


def seen(attachment: Attachment) -> list[str]:
    """The names that are attached."""
    return [name for name in NAMES if attachment.shows(name)]


def test_without_configuration_everything_is_attached_and_nothing_offered() -> None:
    """Nobody pays for a tool that has nothing to govern."""
    governor = Governor.configured({"SMCP_PROFILES": ""})
    assert (governor.offered, seen(governor.start)) == (False, list(NAMES))


def test_the_environment_wins_over_the_default_profile(environ: dict[str, str]) -> None:
    """env > default > full; SMCP_ADMIN_PREFIX makes a profile named admin."""
    assert seen(Governor.configured(environ).start) == ["pos__menu"]
    assert seen(Governor.configured({**environ, "SMCP_ATTACH_PROFILE": "tasks"}).start) == list(NAMES[:2])
    assert seen(Governor.configured({**environ, "SMCP_ATTACH_PROFILE": "full"}).start) == list(NAMES)
    admin = Governor.configured({"SMCP_ADMIN_PREFIX": "pos__", "SMCP_ATTACH_PROFILE": "admin"})
    assert (admin.offered, seen(admin.start)) == (True, ["pos__menu"])
    assert Governor.configured({"SMCP_ADMIN_PREFIX": "pos__"}).start.profile == FULL


def test_an_unknown_profile_of_the_environment_is_refused(environ: dict[str, str]) -> None:
    """With the names there are."""
    with pytest.raises(Unreadable, match="no profile 'x': must be one of 'full', 'menu', 'tasks'"):
        Governor.configured({**environ, "SMCP_ATTACH_PROFILE": "x"})


def test_attach_and_detach_change_single_tools(environ: dict[str, str]) -> None:
    """Each undoes the other, and the reply lists what is attached from now on."""
    governor = Governor.configured(environ)
    more = act(governor, action="attach", tool="tasks__list")
    assert more.content == {"profile": "menu", "attached": [NAME, "tasks__list", "pos__menu"]}
    less = act(governor, more.attachment, action="detach", tool="pos__menu")
    assert seen(less.attachment) == ["tasks__list"]
    back = act(governor, less.attachment, action="attach", tool="pos__menu").attachment
    assert seen(act(governor, back, action="detach", tool="tasks__list").attachment) == ["pos__menu"]
    assert seen(governor.start) == ["pos__menu"]


def test_attach_profile_begins_anew(environ: dict[str, str]) -> None:
    """What was attached one by one is forgotten."""
    governor = Governor.configured(environ)
    more = act(governor, action="attach", tool="health").attachment
    switched = act(governor, more, action="attach-profile", profile="tasks")
    assert switched.content == {"profile": "tasks", "attached": [NAME, *NAMES[:2]]}
    assert seen(act(governor, switched.attachment, action="attach-profile", profile="full").attachment) == list(NAMES)


def test_the_lists_and_the_help_say_what_there_is(environ: dict[str, str]) -> None:
    """They leave everything as it is."""
    governor = Governor.configured(environ)
    available = act(governor, action="list-available")
    assert available.content["tools"] == [{"name": name, "attached": name == "pos__menu"} for name in NAMES]
    assert act(governor, action="list-attached").content["attached"] == [NAME, "pos__menu"]
    told = act(governor, action="help").content
    assert [one["name"] for one in told["profiles"]] == ["full", "menu", "tasks"]
    assert told["profiles"][2] == {"name": "tasks", "mode": "prefix", "description": "all about tasks"}
    assert (told["profile"], told["actions"]) == ("menu", [*LOOKING, *CHANGING])
    assert told["intent_hints"][0] == {"intent": "create task", "tool": "tasks__create", "needs": "list-id"}
    assert available.attachment == governor.start


def test_help_finds_hints_by_their_words(environ: dict[str, str]) -> None:
    """All words of the intent, whatever their case and order."""
    told = act(Governor.configured(environ), action="help", intent="menu READ").content
    assert told["intent_hints"] == [{"intent": "Read the Menu", "tool": "pos__menu"}]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ({}, "invalid_arguments", "'action' is a required property"),
        ({"action": "fly"}, "invalid_arguments", "'fly' is not one of"),
        ({"action": []}, "invalid_arguments", "[] is not of type 'string'"),
        ({"action": "help", "more": 1}, "invalid_arguments", "'more' was unexpected"),
        ({"action": "attach"}, "invalid_arguments", "attach needs 'tool'"),
        ({"action": "detach", "tool": "x"}, "unknown_tool", "no tool 'x'"),
        ({"action": "detach", "tool": NAME}, "not_detachable", "stays"),
        ({"action": "attach-profile"}, "invalid_arguments", "needs 'profile'"),
        ({"action": "attach-profile", "profile": "x"}, "unknown_profile", "must be one of 'full', 'menu', 'tasks'"),
    ],
)
def test_what_cannot_be_done_is_refused(
    environ: dict[str, str], arguments: dict[str, Any], code: str, said: str
) -> None:
    """With a code for programs and a text that says what to do instead."""
    with pytest.raises(Refused) as raised:
        act(Governor.configured(environ), **arguments)
    assert (raised.value.code, said in str(raised.value)) == (code, True)


def test_a_profile_of_the_environment_stays_but_tools_may_come_and_go(environ: dict[str, str]) -> None:
    """env > active: only single tools can be attached beside it."""
    governor = Governor.configured({**environ, "SMCP_ATTACH_PROFILE": "tasks"})
    with pytest.raises(Refused, match="SMCP_ATTACH_PROFILE fixes the profile 'tasks'"):
        act(governor, action="attach-profile", profile="full")
    assert seen(act(governor, action="attach", tool="health").attachment) == [*NAMES[:2], "health"]


@pytest.mark.parametrize("action", CHANGING)
def test_without_a_session_nothing_changes(environ: dict[str, str], action: str) -> None:
    """And the reason is said, not just that the action is unknown."""
    with pytest.raises(Refused, match="2026-07-28 has none") as raised:
        act(Governor.configured(environ), stateful=False, action=action, tool="health")
    assert raised.value.code == "not_in_a_session"


@pytest.mark.parametrize("stateful", [True, False])
def test_the_tool_says_what_it_does(stateful: bool) -> None:
    """Its schema is valid and holds exactly the actions that are served; only then is it not read-only."""
    tool = Governor().tool(stateful)
    Draft202012Validator.check_schema(tool.input_schema)
    assert tool.input_schema["properties"]["action"]["enum"] == [*LOOKING, *(CHANGING if stateful else ())]
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is not stateful
