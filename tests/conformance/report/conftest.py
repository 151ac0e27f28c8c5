"""A project with checks of our own choice."""

from __future__ import annotations

import pytest
from demo_project import Project


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A folder to run the demo checks in; its pytest doesn't hear of the options of this one."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Project(pytester)
