"""A known failure of a target that isn't there: a typo in a project, and other runs' business on a command line."""

from __future__ import annotations

import json

from demo_project import REVISION, Project
from mutants import command

LISTED = '[[failure]]\ntarget = "shop"\ncheck = "demo::passes"\nreason = "x"\n'


def test_a_target_that_the_project_does_not_have_fails_the_run(project: Project) -> None:
    """Where the targets come from pyproject.toml there are no others."""
    project.checks("passes")
    (project.path / "smcp-known-failures.toml").write_text(LISTED)
    words = json.dumps(command(revisions=[REVISION]))
    (project.path / "pyproject.toml").write_text(f"[tool.smcp-conformance.targets.fix]\ncommand = {words}\n")
    result = project.plain("--smcp-conformance")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "  known failures: smcp-known-failures.toml (1 entry)",
            "*_ smcp-known-failures.toml:1 _*",
            "this known failure matches no check of this run: target 'shop', check 'demo::passes'",
        ]
    )


def test_a_target_that_was_not_typed_is_named_in_the_header(project: Project) -> None:
    """One file serves several command lines."""
    project.checks("passes")
    (project.path / "smcp-known-failures.toml").write_text(LISTED)
    result = project.run()
    assert result.ret == 0
    told = "(1 entry, 1 for targets that have no part in this run: 'shop' in line 1)"
    result.stdout.fnmatch_lines([f"  known failures: smcp-known-failures.toml {told}"])
