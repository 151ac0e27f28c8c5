"""The catalogue holds what the spec demands, whole and addressed, and refuses broken data by file and id."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from smcp_conformance import catalogue
from smcp_conformance.requirement import Level, Requirement
from smcp_conformance.revisions import REVISIONS

SOURCE = Path(__file__).parents[2].parent / "shared" / "spec" / "requirements.json"
CATALOGUE = Path(catalogue.__file__).parent
LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY")

GOOD = """
area = "tools"
["tools.one"]
level = "MUST"
since = "2024-11-05"
text = "A tool is a tool."
"""


def write(root: Path, page: str, text: str) -> Path:
    """Write the file of `page` into the folder `root` and return the folder."""
    file = root / f"{page}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return root


def levels(chosen: Callable[[Requirement], bool]) -> tuple[int, ...]:
    """Count the chosen requirements by level, in the order of `LEVELS`."""
    counts = Counter(each.level.value for each in catalogue.requirements().values() if chosen(each))
    return tuple(counts[level] for level in LEVELS)


@pytest.fixture(scope="module")
def source() -> list[dict[str, Any]]:
    """The entries that the catalogue was carried over from."""
    if not SOURCE.is_file():
        pytest.skip(f"{SOURCE.name}, the catalogue's source, is not beside this checkout")
    entries: list[dict[str, Any]] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return entries


def test_all_requirements_are_there() -> None:
    """The catalogue holds 667 requirements: 318 MUST, 79 MUST NOT, 206 SHOULD, 27 SHOULD NOT, 37 MAY."""
    assert len(catalogue.requirements()) == 667
    assert levels(lambda each: True) == (318, 79, 206, 27, 37)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("base-jsonrpc", (38, 17, 16, 4, 2)),
        ("lifecycle/discover", (32, 4, 13, 2, 2)),
        ("transport-stdio", (2, 3, 6, 1, 2)),
        ("transport-http", (40, 7, 26, 2, 9)),
        ("transport-sse", (5, 0, 4, 1, 1)),
        ("tools", (31, 5, 16, 1, 3)),
        ("tool-names", (0, 0, 5, 1, 0)),
        ("mrtr", (15, 9, 12, 3, 1)),
        ("server-requests", (12, 10, 12, 3, 0)),
        ("schema", (12, 2, 6, 0, 1)),
    ],
)
def test_each_area_holds_its_share_of_every_level(area: str, expected: tuple[int, ...]) -> None:
    """An area lost or moved by the conversion shows as another count."""
    assert levels(lambda each: each.area == area) == expected


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        ("2024-11-05", (106, 15, 96, 3, 9)),
        ("2025-03-26", (134, 21, 116, 7, 17)),
        ("2025-06-18", (149, 27, 122, 6, 17)),
        ("2025-11-25", (197, 34, 151, 13, 23)),
        ("2026-07-28", (230, 55, 143, 15, 25)),
    ],
)
def test_each_revision_demands_its_share_of_every_level(revision: str, expected: tuple[int, ...]) -> None:
    """A window cut short or drawn out by the conversion shows as another count."""
    assert levels(lambda each: revision in each.revisions) == expected


def test_nothing_was_lost_or_changed_on_the_way(source: list[dict[str, Any]]) -> None:
    """Every entry of the source has its requirement, with the same judgement and the same window.

    One basis is another one: that ids keep their type is said by JSON-RPC itself, where the source took it as derived.
    """

    def facts(each: Requirement) -> tuple[Any, ...]:
        judged = (each.level.value, each.basis, each.area, each.transport, each.testability, each.probe)
        return (*judged, each.addressee, each.generated, each.revisions)

    def wanted(entry: dict[str, Any]) -> tuple[Any, ...]:
        keys = ("level", "basis", "area", "transport", "testability", "probe", "addressee", "property_based")
        window = tuple(revision for revision in entry["revisions"] if revision != "draft")
        return (*(entry[key] for key in keys), window)

    ours = {id: facts(each) for id, each in catalogue.requirements().items()}
    kept = "jsonrpc.response.id-type-preserved"
    assert ours[kept][1] == "jsonrpc"
    ours[kept] = (ours[kept][0], "derived", *ours[kept][2:])
    assert ours == {entry["id"]: wanted(entry) for entry in source}


def test_every_link_is_one_that_the_source_names(source: list[dict[str, Any]]) -> None:
    """Page, revision and anchor of each link are those of one of the entry's references in that revision."""
    for entry in source:
        for revision, link in catalogue.requirement(entry["id"]).links.items():
            assert link in {published(revision, **ref) for ref in entry["refs"][revision]}, entry["id"]


def published(revision: str, path: str, anchor: str | None, heading: str | None) -> str:
    """The address at which the site publishes a file of the spec's repository."""
    page = path.partition(f"{revision}/")[2].removesuffix(".mdx").removesuffix(".ts").removesuffix("/index")
    fragment = (anchor or "").lower() if page == "schema" else anchor
    return f"https://modelcontextprotocol.io/specification/{revision}/{page}" + (f"#{fragment}" if fragment else "")


def test_every_link_belongs_to_its_revision() -> None:
    """Links are keyed by revision, oldest first without gaps, and each leads to the site's pages of that revision."""
    for each in catalogue.requirements().values():
        first = REVISIONS.index(each.revisions[0])
        assert each.revisions == REVISIONS[first : first + len(each.links)], each.id
        for revision, link in each.links.items():
            parts = urlsplit(link)
            assert (parts.scheme, parts.netloc) == ("https", "modelcontextprotocol.io"), each.id
            assert parts.path.startswith(f"/specification/{revision}/"), each.id
            assert not parts.path.endswith(("/index", ".mdx", "/")), each.id


def test_every_requirement_says_what_it_demands() -> None:
    """Texts are there, folded to one line."""
    for each in catalogue.requirements().values():
        assert each.text, each.id
        assert "\n" not in each.text + each.observe + each.note, each.id


def test_requirements_come_by_page_then_in_file_order() -> None:
    """Pages are sorted; within one the file decides: the first of basic/index is the first of its file."""
    listed = [each.page for each in catalogue.requirements().values()]
    assert listed == sorted(listed)
    assert list(catalogue.pages()) == sorted(set(listed))
    assert next(each.id for each in catalogue.requirements().values() if each.page == "basic/index") == (
        "jsonrpc.version-member"
    )


@pytest.mark.parametrize(
    ("id", "page"),
    [
        ("tools.call.result-shape", "server/tools"),
        ("http.get.sse-or-405", "basic/transports/streamable-http"),
        ("sse.endpoint-event", "basic/transports/http-sse"),
        ("stdio.stdout-clean", "basic/transports/stdio"),
        ("ping.responds", "basic/utilities/ping"),
        ("schema.optional-not-null", "schema"),
    ],
)
def test_a_requirement_stands_on_the_page_of_its_newest_revision(id: str, page: str) -> None:
    """What only the old single transports page holds goes by its transport."""
    assert catalogue.requirement(id).page == page


def test_a_link_follows_its_page_through_the_revisions() -> None:
    """A page that moved, an anchor that was renamed and a schema type each lead to the right place."""
    echo = catalogue.requirement("jsonrpc.response.id-echo").links
    assert echo["2024-11-05"].endswith("/2024-11-05/basic/messages#responses")
    assert echo["2025-06-18"].endswith("/2025-06-18/basic#responses")
    assert echo["2025-11-25"].endswith("/2025-11-25/basic#result-responses")
    assert catalogue.requirement("tools.call.result-shape").links["2025-11-25"].endswith("/schema#calltoolresult")


def test_an_unknown_id_is_refused_with_the_closest_ones() -> None:
    """A typing error in a check's decorator is mended at a glance."""
    with pytest.raises(KeyError, match=r"'tools.call.result-shap', did you mean .*'tools.call.result-shape'"):
        catalogue.requirement("tools.call.result-shap")


def test_an_id_like_no_other_is_refused_without_a_guess() -> None:
    """No suggestion is better than a silly one."""
    with pytest.raises(KeyError, match=r"no requirement is called '§§§'\""):
        catalogue.requirement("§§§")


def test_the_catalogue_can_be_read_from_a_zip(tmp_path: Path) -> None:
    """Nothing of the loader needs real files, so a zipped wheel works too."""
    with zipfile.ZipFile(tmp_path / "wheel.zip", "w") as archive:
        for file in CATALOGUE.rglob("*.toml"):
            archive.write(file, file.relative_to(CATALOGUE).as_posix())
        assert catalogue.read(zipfile.Path(archive)) == catalogue.requirements()


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    """A record of three keys is an explicit requirement from its first revision to the newest, anywhere."""
    assert catalogue.read(write(tmp_path, "server/tools", GOOD)) == {
        "tools.one": Requirement(
            id="tools.one",
            page="server/tools",
            area="tools",
            level=Level.MUST,
            basis="explicit",
            text="A tool is a tool.",
            links={each: f"https://modelcontextprotocol.io/specification/{each}/server/tools" for each in REVISIONS},
        )
    }


def test_an_address_holds_until_another_takes_over(tmp_path: Path) -> None:
    """`path` and `at` by revision are steps: between two of them the older one holds."""
    moved = GOOD.replace("[", 'path.2025-11-25 = "new/tools"\n[', 1)
    stepped = moved + 'at.2024-11-05 = "#old"\nat.2025-06-18 = "schema#Tool"\nat.2025-11-25 = "#new"\n'
    links = catalogue.read(write(tmp_path, "server/tools", stepped))["tools.one"].links
    assert [link.partition("/specification/")[2] for link in links.values()] == [
        "2024-11-05/server/tools#old",
        "2025-03-26/server/tools#old",
        "2025-06-18/schema#tool",
        "2025-11-25/new/tools#new",
        "2026-07-28/new/tools#new",
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"MUST"', '"must"', "unknown level 'must', must be one of MUST, MUST NOT, SHOULD, SHOULD NOT, MAY"),
        ('"2024-11-05"', '"2024-11-06"', "unknown since '2024-11-06', must be one of 2024-11-05, 2025-03-26"),
        ("text", 'until = "draft"\ntext', "unknown until 'draft', must be one of 2024-11-05, 2025-03-26"),
        ("text", 'basis = "hearsay"\ntext', "unknown basis 'hearsay', must be one of explicit, schema, jsonrpc"),
        ("text", 'transport = "tcp"\ntext', "unknown transport 'tcp', must be one of any, stdio, http, sse"),
        ("text", 'probe = "poke"\ntext', "unknown probe 'poke', must be one of passive, read, call"),
        ("text", 'addressee = "me"\ntext', "unknown addressee 'me', must be one of server, both"),
        ("text", 'testability = "capability"\ntext', "unknown testability 'capability', must be any, fixture"),
        ("text", 'generated = "yes"\ntext', "generated is of the wrong type: 'yes'"),
        ("text", 'colour = "red"\ntext', "unknown key 'colour', must be one of addressee, area, at, basis"),
        ("text", "at.2024-11-05 = 7\ntext", "address 7 must be a string"),
        ("text", "observe", "text is missing"),
        ('area = "tools"', "", "area is missing"),
        ("since =", 'until = "2024-11-05"\nsince = "2025-03-26"\n#', "since '2025-03-26' is later than until"),
        ("text", 'at.2023-01-01 = "#x"\ntext', "unknown revision '2023-01-01', must be one of 2024-11-05"),
        ("text", 'at.2025-06-18 = "#x"\ntext', "at is given for 2025-06-18, must begin with 2024-11-05"),
        (
            "text",
            'until = "2025-03-26"\nat.2024-11-05 = "#x"\nat.2025-11-25 = "#y"\ntext',
            "at is given for 2024-11-05, 2025-11-25, must begin with 2024-11-05 and end by 2025-03-26",
        ),
    ],
)
def test_broken_data_is_refused_by_file_and_id(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """The error says where and what, and what was allowed."""
    root = write(tmp_path, "server/tools", GOOD.replace(old, new, 1))
    with pytest.raises(ValueError, match=r"must|missing|later|wrong") as refusal:
        catalogue.read(root)
    assert str(refusal.value).startswith(f"server/tools.toml: 'tools.one': {complaint}")


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    """Both files are named."""
    write(tmp_path, "basic/index", GOOD)
    with pytest.raises(ValueError, match=r"^server/tools.toml: 'tools.one' is already defined in basic/index.toml$"):
        catalogue.read(write(tmp_path, "server/tools", GOOD))


def test_an_id_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    """TOML itself forbids it; the file is named."""
    with pytest.raises(ValueError, match=r"^server/tools.toml: .*tools.one"):
        catalogue.read(write(tmp_path, "server/tools", GOOD + GOOD.partition("\n")[2].partition("\n")[2]))


def test_a_path_that_names_no_revisions_is_refused(tmp_path: Path) -> None:
    """Without the revision nobody knows when the page stood there."""
    with pytest.raises(ValueError, match=r"^server/tools.toml: path is 'basic', must be a table of addresses"):
        catalogue.read(write(tmp_path, "server/tools", 'path = "basic"\n' + GOOD))


def test_something_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """A stray key at the top of a file is not taken for a requirement."""
    with pytest.raises(ValueError, match=r"^server/tools.toml: 'tool': got 'x', must be a table$"):
        catalogue.read(write(tmp_path, "server/tools", 'tool = "x"\n' + GOOD))
