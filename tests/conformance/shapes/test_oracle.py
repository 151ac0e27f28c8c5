"""Our shapes and the official schema files say the same: name by name, word by word, message by message."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from conformance.shapes.corpus import corpus, is_message
from conformance.shapes.instances import canonical
from conformance.shapes.oracle import official_definitions, official_validator
from conformance.shapes.structure import normal
from jsonschema import Draft202012Validator

from smcp_conformance.revisions import REVISIONS
from smcp_conformance.shapes import definitions, json_schema

NOV_24, MAR_25, JUN_25, NOV_25, JUL_26 = REVISIONS
INLINE_UNTIL_2025_06_18 = "the official file writes it inline, where it is used"
OURS_ALONE = {
    "CallToolRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "CancelledNotificationParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "CompleteRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "CreateMessageRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "ElicitRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "Error": (INLINE_UNTIL_2025_06_18, JUN_25),
    "GetPromptRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "InitializeRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "LoggingMessageNotificationParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "NotificationParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "PaginatedRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "ProgressNotificationParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "ReadResourceRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "RequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "ResourceUpdatedNotificationParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "SetLevelRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "SubscribeRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "UnsubscribeRequestParams": (INLINE_UNTIL_2025_06_18, JUN_25),
    "ContentBlock": ("named since 2025-06-18; before, each user of it wrote out the union", MAR_25),
    "Annotations": ("named since 2025-03-26; before, `Annotated` and each content wrote it out", NOV_24),
}
OFFICIAL_ALONE: dict[str, str] = {}  # name -> why we leave it out: nothing is left out


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_official_definition_is_ours_or_left_out_for_a_reason(revision: str) -> None:
    """Names on one side alone are exactly those listed above, in exactly the revisions said there."""
    ours, official = set(definitions(revision)), set(official_definitions(revision))
    assert official - ours == OFFICIAL_ALONE.keys() & official
    assert ours - official == {name for name, (_, last) in OURS_ALONE.items() if revision <= last and name in ours}
    assert {name for name, (_, last) in OURS_ALONE.items() if revision == last} <= ours


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_definition_says_word_by_word_what_the_official_one_says(revision: str) -> None:
    """Brought to one normal form, formats and bounds included, both schemas of each definition are equal."""
    official = official_definitions(revision)
    for definition in set(definitions(revision)) & set(official):
        ours = json_schema(revision, definition, literal=True)["$defs"]
        assert normal(definition, ours) == normal(definition, official), definition


@pytest.mark.slow
@pytest.mark.parametrize("revision", REVISIONS)
def test_every_mutated_message_is_judged_as_the_official_schema_judges_it(revision: str) -> None:
    """At least 2,000 distinct whole messages per revision, a good part of them valid and a good part invalid."""
    verdicts: list[bool] = []
    messages: set[str] = set()
    disagreements: list[str] = []
    for definition in sorted(set(definitions(revision)) & set(official_definitions(revision))):
        ours = Draft202012Validator(json_schema(revision, definition, literal=True))
        official = official_validator(revision, definition)
        for value in corpus(revision, definition):
            verdict = official.is_valid(value)
            if ours.is_valid(value) != verdict:
                disagreements.append(f"{definition}, officially {'valid' if verdict else 'invalid'}: {value!r:.300}")
            if is_message(definition):
                verdicts.append(verdict)
                messages.add(canonical(value))
    assert disagreements == []
    assert len(messages) >= 2000
    assert 0.25 <= sum(verdicts) / len(verdicts) <= 0.75


@pytest.mark.parametrize(
    ("revision", "definition"),
    [
        (NOV_24, "ReadResourceResult"),
        (NOV_24, "ServerCapabilities"),
        (MAR_25, "ToolAnnotations"),
        (JUN_25, "CompleteRequest"),
        (JUN_25, "NumberSchema"),
        (NOV_25, "Task"),
        (NOV_25, "TitledMultiSelectEnumSchema"),
        (NOV_25, "ToolUseContent"),
        (JUL_26, "Tool"),
        (JUL_26, "CacheableResult"),
        (JUL_26, "RequestMetaObject"),
        (JUL_26, "UnsupportedProtocolVersionError"),
    ],
)
def test_the_messages_compared_would_show_any_slip_in_a_member(revision: str, definition: str) -> None:
    """Whichever member is wrongly required, optional or unchecked, some message of the corpus tells the difference."""
    schema = json_schema(revision, definition, literal=True)
    values = corpus(revision, definition)
    verdicts = [Draft202012Validator(schema).is_valid(value) for value in values]
    slips = list(_slips(schema, schema["$defs"][definition]))
    assert slips
    for slip in slips:
        assert [Draft202012Validator(slip).is_valid(value) for value in values] != verdicts, slip["$defs"][definition]


def _slips(root: dict[str, Any], own: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield copies of `root` in which one member of `own` is required, optional or of any type unlike before."""
    original = copy.deepcopy(own)
    for name in original["properties"]:
        required = set(original.get("required", ()))
        own["required"] = sorted(required ^ {name})
        yield copy.deepcopy(root)
        own["required"] = sorted(required)
        own["properties"][name] = {}
        if original["properties"][name] != {}:
            yield copy.deepcopy(root)
        own["properties"][name] = original["properties"][name]
