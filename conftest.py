"""Settings that pytest.ini can't hold: pytester, Hypothesis on a loaded machine, and a guard around `--cov`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

# How long an example takes says something about the machine, not about us. The rest stays as it is, also under CI.
settings.register_profile("house", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a `--cov` that can't measure anything: it would read 0 %, or nothing at all, and pass."""
    for source in getattr(config.option, "cov_source", None) or ():
        if source is not True and not _measurable(source, config.invocation_params.dir):
            raise pytest.UsageError(
                f"--cov: {source!r} must be a folder or a package, such as smcp, smcp_conformance or plugins; "
                "--cov alone measures what .coveragerc says"
            )


def _measurable(source: str, here: Path) -> bool:
    if any((here / source).glob("**/*.py")):
        return True
    package = source.partition(".")[0]
    try:
        found = importlib.util.find_spec(package), importlib.util.find_spec(source)
    except (ImportError, ValueError):  # a part of the name is missing, or isn't a package
        return False
    return all(spec is not None and spec.origin is not None for spec in found)  # any folder is a package without origin


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plugins run as they do for users: what coverage starts in each interpreter is a reason to run them cold."""
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
