"""Prompts and resources that can't be judged: the reason is told, and nothing passes for want of a subject."""

from __future__ import annotations

import pytest
from judging import judged
from tracing import CHECKS

from smcp_conformance.requirement import Verdict


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("server/resources/listing::each_resource_has_a_uri", "resources-declared-without-list"),
        ("server/resources/listing::resources_are_declared_where_they_are_listed", "resources-declared-without-list"),
        ("server/resources/listing::resources_list_has_an_array_of_objects", "resources-declared-without-list"),
        ("server/prompts/listing::prompt_names_are_unique", "prompts-declared-without-list"),
        ("server/resources/templates::each_template_has_a_template_and_a_name", "templates-unanswered"),
    ],
)
def test_a_list_that_is_refused_leaves_the_rest_unverified(check: str, fault: str) -> None:
    """The refusal is told by the check of just that."""
    found = judged(CHECKS[check], fault)
    assert found.verdict is Verdict.NOT_VERIFIED
    assert "was answered with" in found.reason
    assert "-32601" in found.reason
