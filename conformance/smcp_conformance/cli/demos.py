"""What the two demo plugins promise beyond the contract: they go by plugin and command name.

They stand here until plugins bring laws of their own; see `CommandCheck.applies`.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from smcp_conformance.cli.answer import Answer, NotJson
from smcp_conformance.cli.check import Applies, of_arguments
from smcp_conformance.cli.command import Command
from smcp_conformance.cli.inputs import valid_arguments

SLUG = re.compile(r"[a-z0-9-]*")


def _is(tool_name: str) -> Applies:
    return lambda command: command.tool_name == tool_name


def _divisions_by_zero(command: Command) -> st.SearchStrategy[dict[str, Any]]:
    zero = st.sampled_from([0, 0.0, -0.0])
    return st.tuples(valid_arguments(command), zero).map(lambda two: {**two[0], "operation": "divide", "b": two[1]})


@of_arguments(_divisions_by_zero, applies=_is("demo_math__calculate"))
def division_by_zero_has_its_code(command: Command, arguments: dict[str, Any]) -> None:
    """Dividing by zero is refused with the code `division_by_zero`."""
    answer = command.call(arguments)
    assume(answer.ended)
    document = answer.must_be_document()
    code = document.get("code") if isinstance(document, dict) else None
    if answer.run.returncode == 0 or code != "division_by_zero":
        answer.broke(f"exit code {answer.run.returncode} with the code {code!r}", "a refusal as 'division_by_zero'")


@of_arguments(valid_arguments, applies=_is("demo_text__slugify"))
def slug_has_only_lower_case_letters_digits_and_hyphens(command: Command, arguments: dict[str, Any]) -> None:
    """A slug is made of `a-z`, `0-9` and hyphens."""
    answer = command.call(arguments)
    slug = _slug(answer)
    if not SLUG.fullmatch(slug):
        answer.broke(f"the slug {slug!r}", "lower-case ASCII letters, digits and hyphens")


@of_arguments(valid_arguments, applies=_is("demo_text__slugify"))
def slug_has_no_hyphen_at_its_edges(command: Command, arguments: dict[str, Any]) -> None:
    """A slug neither begins nor ends with a hyphen."""
    answer = command.call(arguments)
    slug = _slug(answer)
    if slug != slug.strip("-"):
        answer.broke(f"the slug {slug!r}", "a slug without a hyphen at its beginning or end")


@of_arguments(valid_arguments, applies=_is("demo_text__slugify"))
def slug_of_a_slug_is_itself(command: Command, arguments: dict[str, Any]) -> None:
    """Slugifying a slug changes nothing."""
    slug = _slug(command.call(arguments))
    again = command.call({"text": slug})
    if _slug(again) != slug:
        again.broke(f"the slug {_slug(again)!r} of {slug!r}", "the same slug again")


def _slug(answer: Answer) -> str:
    """The slug in an answer; an answer without one is not for these checks to judge."""
    assume(answer.ended)
    try:
        document = answer.document
    except NotJson:
        document = None
    slug = document.get("slug") if isinstance(document, dict) else None
    assume(isinstance(slug, str))
    return str(slug)
