"""`make real`: the toolkit on third-party servers, each pinned and installed once into an environment of its own.

usage: run.py [SERVER …] [pytest's options …]      (no SERVER: all of them)

Each folder beside this file is what a user's project would be: its pyproject.toml says what to test, and
`smcp-known-failures.toml` what is known to be wrong with that server, with reasons. Exit code 0 means that nothing
else was found and that no process is left.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import psutil

from smcp_conformance.launch.escaped import bearing, marked

# One of the two is missing from every environment, so a plain import would not pass the type checkers.
tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

HERE = Path(__file__).resolve().parent
FOLDER = "SMCP_REAL_FOLDER"  # names a folder of the run's own, a git repository, to the servers that want one
CONTROLS = re.compile(r"\x1b\[[0-9;]*m")


class InstallError(Exception):
    """A package manager that failed; its text is what it printed."""


@dataclass(frozen=True)
class Server:
    """One folder: pins from PyPI or from npm, and the environment that holds them."""

    name: str
    pypi: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return HERE / self.name

    @property
    def env(self) -> Path:
        """Where it is installed."""
        return self.folder / "env"

    @property
    def pins(self) -> str:
        """What is to be installed and for what, as text to compare with what was."""
        python = (f"Python {sys.version_info[0]}.{sys.version_info[1]}",) if self.pypi else ()
        return "\n".join((*python, *self.pypi, *self.npm, ""))

    @property
    def installed(self) -> bool:
        """True if the environment holds exactly these pins."""
        ready = self.env / ".ready"
        return ready.is_file() and ready.read_text(encoding="utf-8") == self.pins

    def install(self) -> None:
        """Make the environment anew; raises InstallError."""
        shutil.rmtree(self.env, ignore_errors=True)
        if self.pypi:
            run(sys.executable, "-m", "venv", self.env)
            run(self.env / "bin" / "python", "-m", "pip", "install", "--quiet", *self.pypi)
        if self.npm:
            self.env.mkdir()
            run("npm", "install", "--prefix", self.env, "--no-audit", "--no-fund", "--ignore-scripts", *self.npm)
        (self.env / ".ready").write_text(self.pins, encoding="utf-8")


@dataclass(frozen=True)
class Outcome:
    """What one server's run came to: pytest's exit code, what it printed, how many processes it left."""

    server: Server
    code: int
    output: str
    left: int

    @property
    def good(self) -> bool:
        """True if nothing unexplained was found and nothing was left running."""
        return self.code == 0 and not self.left

    @property
    def table(self) -> str:
        """The counts of each leg, as the toolkit prints them."""
        return self.output.partition("= MCP conformance =")[2].partition("\n")[2].partition("\n\n")[0]

    @property
    def counts(self) -> str:
        """pytest's last line, as in "227 passed, 7 xfailed in 196.89s"."""
        return next((line.strip("= ") for line in reversed(self.output.splitlines()) if line.strip()), "no output")


def servers() -> tuple[Server, ...]:
    """All servers beside this file, by name."""
    return tuple(read_server(path) for path in sorted(HERE.glob("*/pyproject.toml")))


def read_server(path: Path) -> Server:
    """Read the pins of one folder."""
    pins = tomllib.loads(path.read_text(encoding="utf-8"))["tool"]["real-server"]
    return Server(path.parent.name, tuple(pins.get("pypi", ())), tuple(pins.get("npm", ())))


def run(*words: object) -> None:
    """Run a program that must succeed; raises InstallError with what it printed."""
    command = [str(word) for word in words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError(f"{' '.join(command)} exited with status {done.returncode}\n{done.stdout}{done.stderr}")


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is a git repository with one commit, for the servers to look at; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="smcp-real-") as name:
        folder = Path(name).resolve()
        (folder / "note.txt").write_text("one line\n", encoding="utf-8")
        if shutil.which("git"):
            author = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
            run("git", "-C", folder, "init", "--quiet")
            run("git", "-C", folder, "add", "note.txt")
            run("git", "-C", folder, *author, "commit", "--quiet", "--message", "Begin")
        yield folder


def judge(server: Server, options: Sequence[str]) -> Outcome:
    """Run the toolkit on one installed server and see what it leaves behind."""
    pytest = [sys.executable, "-m", "pytest", "-c", str(server.folder / "pyproject.toml"), "-p", "no:cacheprovider"]
    with workplace() as folder:
        env, marker = marked({**os.environ, FOLDER: str(folder)})
        command = [*pytest, "--smcp-conformance", "--smcp-only", "--durations=10", *options]
        done = subprocess.run(
            command,
            cwd=server.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    left = list(bearing(marker))
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    return Outcome(server, done.returncode, CONTROLS.sub("", done.stdout), len(left))


def prepared(chosen: Sequence[Server]) -> Iterator[Server]:
    """Install what is not installed yet; servers that need what this machine lacks are named and left out."""
    for server in chosen:
        if server.npm and not (shutil.which("node") and shutil.which("npm")):
            print(f"{server.name}: left out, because node and npm are not on PATH", flush=True)
            continue
        if not server.installed:
            print(f"{server.name}: installing {', '.join((*server.pypi, *server.npm))}", flush=True)
            server.install()
        yield server


def main(words: Sequence[str]) -> int:
    """Test the servers that are named (else all) and print each one's counts; 1 if anything is unexplained."""
    known = {server.name: server for server in servers()}
    named = [word for word in words if word in known]
    options = [word for word in words if word not in known]
    bad = 0
    for server in prepared([known[name] for name in named or known]):
        outcome = judge(server, options)
        print(outcome.table if outcome.good and "-v" not in options else outcome.output)
        left = f"; {outcome.left} processes left running" if outcome.left else ""
        print(f"{server.name}: {outcome.counts}{left}\n", flush=True)
        bad += not outcome.good
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
