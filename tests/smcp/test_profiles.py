"""Profiles: which names each mode holds, how files are read, and what is said of bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smcp.profiles import FULL, Hint, Profile, Unreadable, load

NAMES = ("tasks__create", "tasks__list", "pos__menu", "health")

CONTENT = {
    "description": "not looked at",
    "default_profile": "one",
    "profiles": {
        "one": {"mode": "explicit", "tools": ["pos__menu"], "description": "the menu"},
        "two": {"mode": "prefix", "prefix": "tasks__"},
    },
    "intent_hints": [
        {"intent": "create task", "tool": "tasks__create", "needs": "list-id"},
        {"intent": "menu", "tool": "pos__menu"},
    ],
}


def written(path: Path, content: Any) -> Path:
    """Write a value as JSON."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("described", "held"),
    [
        ({"mode": "all"}, NAMES),
        ({"mode": "prefix", "prefix": "tasks__"}, NAMES[:2]),
        ({"mode": "prefix", "prefix": ["pos__", "hea"]}, NAMES[2:]),
        ({"mode": "glob", "patterns": "*__[cm]*"}, ("tasks__create", "pos__menu")),
        ({"mode": "glob", "patterns": ["TASKS*", "h?alth"]}, ("health",)),
        ({"mode": "explicit", "tools": ["tasks__list", "no__such"]}, ("tasks__list",)),
        ({"mode": "explicit", "tools": []}, ()),
        ({"mode": "prefix", "prefix": []}, ()),
    ],
)
def test_each_mode_holds_what_it_says(tmp_path: Path, described: dict[str, Any], held: tuple[str, ...]) -> None:
    """Words may be one or a list; names are compared with their case."""
    profile = load(written(tmp_path / "p.json", {"profiles": {"x": described}})).get("x")
    assert tuple(name for name in NAMES if profile.holds(name)) == held


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """Profiles, the default one and the hints; the full profile is always there."""
    profiles = load(written(tmp_path / "p.json", CONTENT))
    assert profiles.get("one") == Profile("one", "explicit", ("pos__menu",), "the menu")
    assert (profiles.default, profiles.get("full")) == ("one", FULL)
    assert profiles.hints == (Hint("create task", "tasks__create", "list-id"), Hint("menu", "pos__menu"))


def test_the_files_of_a_folder_count_as_one(tmp_path: Path) -> None:
    """In the order of their names, and only *.json."""
    written(tmp_path / "b.json", {"profiles": {"b": {"mode": "all"}}, "default_profile": "a"})
    written(tmp_path / "a.json", {"profiles": {"a": {"mode": "all"}}})
    (tmp_path / "c.txt").write_text("junk", encoding="utf-8")
    profiles = load(tmp_path)
    assert (list(profiles.named), profiles.default) == (["full", "a", "b"], "a")


def test_without_a_default_everything_is(tmp_path: Path) -> None:
    """The full profile, which a file may redefine."""
    assert load(written(tmp_path / "p.json", {})).default == "full"
    own = {"profiles": {"full": {"mode": "prefix", "prefix": "x"}}}
    assert not load(written(tmp_path / "p.json", own)).get("full").holds("y")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"junk", "is not JSON in UTF-8"),
        (b'"\xff"', "is not JSON in UTF-8"),
        (b"[" * 100_000, "is not JSON in UTF-8"),
        (b"[]", "is not of type 'object'"),
        (b'{"profiles": {"x": {}}}', "profiles.x: 'mode' is a required property"),
        (b'{"profiles": {"x": {"mode": "some"}}}', "profiles.x.mode: 'some' is not one of"),
        (b'{"profiles": {"x": {"mode": "glob"}}}', "profiles.x: 'patterns' is a required property"),
        (b'{"profiles": {"x": {"mode": "explicit", "tools": [1]}}}', "profiles.x.tools"),
        (b'{"default_profile": "x"}', "there is no profile 'x': must be one of 'full'"),
        (b'{"intent_hints": [{"intent": "x"}]}', "intent_hints.0: 'tool' is a required property"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    """The text names the file or the member, and what it must be."""
    file = tmp_path / "p.json"
    file.write_bytes(content)
    with pytest.raises(Unreadable) as raised:
        load(file)
    assert said in str(raised.value)


def test_what_contradicts_itself_is_refused(tmp_path: Path) -> None:
    """One profile in two files, two defaults, no file at all."""
    with pytest.raises(Unreadable, match="can't be read"):
        load(tmp_path / "none.json")
    with pytest.raises(Unreadable, match=r"no \*.json"):
        load(tmp_path)
    written(tmp_path / "a.json", {"profiles": {"a": {"mode": "all"}}, "default_profile": "a"})
    written(tmp_path / "b.json", {"profiles": {"b": {"mode": "all"}}, "default_profile": "b"})
    with pytest.raises(Unreadable, match="default_profile 'b', another file 'a'"):
        load(tmp_path)
    written(tmp_path / "b.json", {"profiles": {"a": {"mode": "all"}}})
    with pytest.raises(Unreadable, match="profile 'a' is in both"):
        load(tmp_path)
