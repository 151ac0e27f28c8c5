"""A MUST is lowered to a warning only by a row that gives its reason, and only in the case that the row names."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from smcp_conformance import catalogue
from smcp_conformance.catalogue.severities import Severity, read_severity
from smcp_conformance.checks import all_checks
from smcp_conformance.requirement import Verdict


@pytest.mark.parametrize("row", catalogue.severity().values(), ids=lambda row: row.id)
def test_a_lowered_requirement_would_otherwise_fail(row: Severity) -> None:
    """Each row names an existing requirement, hard without it, and says why and where."""
    lowered = catalogue.requirement(row.id)
    assert lowered.hard
    assert row.to is Verdict.WARNED
    assert row.transport == "any" or lowered.concerns(row.transport, lowered.revisions[-1])
    assert row.reason.endswith(".")
    assert urlsplit(row.source).scheme == "https"


def test_an_unanswered_garbage_line_warns_on_stdio_only() -> None:
    """Over HTTP a parse error has its status, so nothing excuses silence there."""
    row = catalogue.severity()["jsonrpc.parse-error"]
    assert row.lowers("garbage_is_answered", "stdio")
    assert not row.lowers("garbage_is_answered", "http")


def test_only_the_named_case_is_lowered() -> None:
    """Output that breaks its schema fails as ever; only an error's structured content warns."""
    row = catalogue.severity()["tools.call.output-schema-conformance"]
    assert row.lowers("structured_content_of_an_error_result_fits", "stdio")
    assert not row.lowers("structured_content_fits_the_output_schema", "stdio")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"to": "passed"}, "unknown verdict 'passed', must be 'warned'"),
        ({"reason": ""}, "reason is missing"),
        ({"transport": "tcp"}, "unknown transport 'tcp', must be one of any, stdio, http, sse"),
        ({"checks": "*"}, "checks is '*', must be a list of globs"),
        ({"because": "so"}, "unknown key 'because', must be one of checks, reason, source"),
    ],
)
def test_a_broken_severity_row_is_refused_by_file_and_id(change: dict[str, str], complaint: str) -> None:
    """Nothing is lowered by accident or without a reason."""
    row = {"to": "warned", "when": "always", "reason": "it is so.", "source": "https://example.org"}
    assert read_severity({"a.b": row})["a.b"].checks == ("*",)
    with pytest.raises(ValueError, match=r"must|missing") as refusal:
        read_severity({"a.b": {**row, **change}})
    assert str(refusal.value).startswith(f"severity.toml: 'a.b': {complaint}")


def test_a_severity_row_that_is_no_table_is_refused() -> None:
    """A verdict alone does not say why."""
    with pytest.raises(ValueError, match=r"^severity.toml: 'a': got 'warned', must be a table$"):
        read_severity({"a": "warned"})


def test_what_is_no_valid_request_is_judged_alike_over_each_transport() -> None:
    """The same answer to the same message never fails over one transport and warns over the other."""
    row = catalogue.severity()["jsonrpc.invalid-request"]
    checks = [check for check in all_checks() if row.id in check.requirements]
    assert checks
    assert {row.lowers(check.name, transport) for check in checks for transport in ("stdio", "http", "sse")} == {True}


def test_params_that_nobody_reads_may_be_an_array() -> None:
    """A ping that is served all the same warns; a method that needs parameters fails."""
    row = catalogue.severity()["jsonrpc.invalid-params"]
    assert row.lowers("params_that_are_no_object_are_refused", "stdio")
    assert not row.lowers("requests_with_an_array_for_params_are_not_served", "stdio")
    assert not row.lowers("missing_parameters_are_refused", "http")
