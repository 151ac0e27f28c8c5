"""The wheel as users get it: in fresh environments, outside the checkout, with and without what is optional."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 600.0  # seconds that an installation or a run may take on a loaded machine
UNREACHABLE = ("Could not find a version", "connection", "Temporary failure in name resolution")
TRIVIAL = """
import json, sys

for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    known = {
        "initialize": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "trivial", "version": "1"}
        },
        "ping": {},
    }
    if message["method"] in known:
        answer = {"result": known[message["method"]]}
    else:
        answer = {"error": {"code": -32601, "message": "Method not found"}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}), flush=True)
"""
OLDER_SDK = """
from mcp.server.fastmcp import FastMCP

server = FastMCP("older")

@server.tool()
def add(a: int, b: int) -> int:
    "Add."
    return a + b

server.run()
"""
THEIR_TEST = """
import sys

def test_with_our_fixture(mcp_session):
    session = mcp_session("{python} server.py")
    reply = session.request("tools/call", {"name": "add", "arguments": {"a": 1, "b": 2}})
    assert reply.result["content"][0]["text"] == "3"
    assert not [name for name in sys.modules if name.partition(".")[0] in ("mcp", "mcp_types")]
"""
TELL_MODULES = """
import json, sys

def pytest_unconfigure(config):
    with open("modules.json", "w") as file:
        json.dump(sorted(sys.modules), file)
"""

# xdist's `--dist loadgroup` then builds and installs once; without it each worker does so for itself.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the wheel in it."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if sys.platform == "win32" else "bin")

    def install(self, *requirements: str) -> None:
        """Install with our pip, for the environment has none; skipped where there is no package index to ask."""
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", "--quiet", "--no-compile"]
        done = run(*pip, *requirements)
        if done.returncode and not os.environ.get("CI") and any(sign in done.stderr for sign in UNREACHABLE):
            pytest.skip(f"the package index can't be reached: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stderr

    def pytest(self, *options: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run pytest there."""
        return run(str(self.bin / "python"), "-m", "pytest", "-p", "no:cacheprovider", "-v", *options, cwd=cwd)


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in surroundings that say nothing of this run or this checkout."""
    ours = ("PYTEST_", "COVERAGE_", "COV_CORE_", "PYTHON", "VIRTUAL_ENV", "MCP_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        words, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout in an environment of its own, as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    if done.returncode and not os.environ.get("CI") and any(sign in done.stdout + done.stderr for sign in UNREACHABLE):
        pytest.skip("the build backend can't be fetched: the package index can't be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def environment(tmp_path_factory: pytest.TempPathFactory, name: str, *requirements: str) -> Environment:
    """A fresh environment in which `requirements` were installed together."""
    made = Environment(tmp_path_factory.mktemp(name))
    venv.create(made.folder, with_pip=False, symlinks=os.name != "nt")
    made.install(*requirements)
    return made


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel and what it demands."""
    return environment(tmp_path_factory, "bare", str(wheel))


@pytest.fixture(scope="module")
def with_server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with the extra for the bundled server."""
    return environment(tmp_path_factory, "server", f"{wheel}[server]")


@pytest.fixture(scope="module")
def beside_older_sdk(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel in the environment of a project that pins the SDK's first version."""
    return environment(tmp_path_factory, "older", str(wheel), "mcp<2")


def test_the_wheel_holds_packages_plugins_and_data_and_nothing_else(wheel: Path) -> None:
    """Both packages, the demo plugins, the data files, the page on plugins, the entry points; nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (points,) = (archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    roots = {name.partition("/")[0] for name in names}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"smcp", "smcp_conformance"}
    assert "smcp-conformance = smcp_conformance.plugin" in points
    assert "smcp = smcp.__main__:main" in points
    assert "smcp-stdio = smcp.__main__:main_stdio" in points
    assert "smcp_conformance/plugin-contract.md" in names  # where findings on plugins lead to
    packages = {"smcp": ROOT / "smcp", "smcp_conformance": ROOT / "conformance/smcp_conformance"}
    packages["smcp/plugins"] = ROOT / "plugins"
    for prefix, folder in packages.items():
        files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        assert {f"{prefix}/{path.relative_to(folder).as_posix()}" for path in files} <= names


class TestWithoutServer:
    """What somebody has who installs the toolkit for a server of their own."""

    def test_a_server_is_tested(self, bare: Environment, tmp_path: Path) -> None:
        """In any folder, with any server."""
        (tmp_path / "trivial.py").write_text(TRIVIAL, encoding="utf-8")
        options = ("--smcp-conformance", "--smcp-server", "{python} trivial.py", "-k", "start or ping_is_answered")
        done = bare.pytest(*options, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "trivial::start PASSED" in done.stdout
        assert "basic/utilities/ping::ping_is_answered PASSED" in done.stdout

    def test_a_folder_with_plugins_alone_is_tested(self, bare: Environment, tmp_path: Path) -> None:
        """Their contract and behaviour, without a server."""
        shutil.copytree(ROOT / "plugins" / "demo_text", tmp_path / "plugins" / "demo_text")
        done = bare.pytest("--smcp-conformance", "-k", "contract", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "plugins::demo_text::contract::" in done.stdout

    def test_formats_are_told_apart(self, bare: Environment, tmp_path: Path) -> None:
        """Nothing has to be installed for that besides what the wheel asks for."""
        code = "from smcp_conformance.shapes.formats import *; print(is_uri('no uri'), is_uri_template('x/{a b}'))"
        assert run(str(bare.bin / "python"), "-c", code, cwd=tmp_path).stdout.split() == ["False", "False"]

    def test_the_server_says_what_to_install(self, bare: Environment, tmp_path: Path) -> None:
        """And exits with 2, as for a wrong command line."""
        done = run(str(bare.bin / "smcp"), cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert 'pip install "smcp-conformance[server]"' in done.stderr

    def test_the_bundled_server_as_target_says_so_too(self, bare: Environment, tmp_path: Path) -> None:
        """A failing start item, not a pass with nothing in it."""
        done = bare.pytest("--smcp-conformance", "--smcp-server", "bundled", cwd=tmp_path)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "bundled::start FAILED" in done.stdout
        assert "smcp-conformance[server]" in done.stdout


BUNDLED = ("--smcp-conformance", "--smcp-only", "--smcp-server", "bundled")


class TestWithServer:
    """What somebody has who wants the bundled server, too."""

    def test_it_tells_its_version(self, with_server: Environment, tmp_path: Path) -> None:
        """The console script."""
        assert run(str(with_server.bin / "smcp"), "--version", cwd=tmp_path).stdout.startswith("smcp ")

    def test_the_bundled_server_is_tested_with_its_packaged_plugins(
        self, with_server: Environment, tmp_path: Path
    ) -> None:
        """From a folder with nothing in it; the tools that are called come from the wheel."""
        done = with_server.pytest(*BUNDLED, "-k", "start or valid_arguments or ping_is_answered", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "bundled::start PASSED" in done.stdout
        assert "server/tools/calling::valid_arguments_are_not_called_invalid PASSED" in done.stdout

    def test_names_in_the_users_folder_shadow_nothing(self, with_server: Environment, tmp_path: Path) -> None:
        """A project may have an smcp.py and a conformance/ of its own, which are neither started nor imported."""
        (tmp_path / "smcp.py").write_text("raise SystemExit('theirs')\n", encoding="utf-8")
        (tmp_path / "conformance").mkdir()
        (tmp_path / "conformance" / "__init__.py").write_text("raise SystemExit('theirs')\n", encoding="utf-8")
        done = with_server.pytest(*BUNDLED, "-k", "start", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "bundled::start PASSED" in done.stdout


class TestBesideOlderSdk:
    """What a project has that pins mcp<2 and tests its own server."""

    def test_the_toolkit_runs_and_never_imports_the_sdk(self, beside_older_sdk: Environment, tmp_path: Path) -> None:
        """Checks and fixtures, on a server that is written with that SDK."""
        (tmp_path / "server.py").write_text(OLDER_SDK, encoding="utf-8")
        (tmp_path / "conftest.py").write_text(TELL_MODULES, encoding="utf-8")
        (tmp_path / "test_theirs.py").write_text(THEIR_TEST, encoding="utf-8")
        options = ("--smcp-conformance", "--smcp-server", "{python} server.py")
        done = beside_older_sdk.pytest(*options, "-k", "start or ping_is_answered or theirs", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "test_theirs.py::test_with_our_fixture PASSED" in done.stdout
        assert "server::start PASSED" in done.stdout
        modules = json.loads((tmp_path / "modules.json").read_text(encoding="utf-8"))
        assert "smcp_conformance.checks" in modules
        assert not {name.partition(".")[0] for name in modules} & {"mcp", "mcp_types"}
