"""Nothing that a run prints or writes holds a secret, even if the server tells all of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from demo_project import Project

pytest_plugins = ["pytester"]
WRITTEN = 'canary env/"one"+1'
INTERPOLATED = "canary-var/äö two=2"
SENT = "canary-header-three"
BEARER = "canary-bearer-four"
INHERITED = "canary-inherited/five"
SECRETS = (WRITTEN, INTERPOLATED, SENT, INHERITED)
LOGGING = ("-o", "log_cli=true", "--log-level=DEBUG", "--log-file=log.txt", "-o", "junit_logging=all")
SERVER = Path(__file__).parents[2] / "telltale.py"


def test_no_output_tells_what_the_server_was_confided(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment values, also inherited ones, `${VAR}`, headers, a pattern: not in terminal, XML, replays or cache."""
    monkeypatch.setenv("THE_VARIABLE", INTERPOLATED)
    monkeypatch.setenv("TELLTALE_API_KEY", INHERITED)
    monkeypatch.setenv("TELLTALE_DATABASE", f"db://user:{INHERITED.replace('/', '%2F')}@host/x")
    project.checks("echoes")
    (confided := project.path / "servers.json").write_text(json.dumps(servers()))
    common = ["--smcp-conformance", "--smcp-config=servers.json", "--smcp-mask", r"canar[y]-pattern-\d+"]
    common += ["--smcp-header", f"X-Custom: {SENT}", "--smcp-header", f"Authorization: Bearer {BEARER}"]
    shown = [
        project.plain(*common, "-vv", "-rA", "--junitxml=junit.xml", *LOGGING),
        project.plain(*common, "--collect-only", "-q"),
    ]
    assert [result.ret for result in shown] == [1, 0]
    texts = {f"output of run {number}": str(result.stdout) + str(result.stderr) for number, result in enumerate(shown)}
    files = [path for path in project.path.rglob("*") if path.is_file() and path != confided]
    texts |= {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}
    assert {"junit.xml", "lastfailed", "log.txt"} <= {path.name for path in files}
    assert any(path.parent.name == "replays" and '"masked": true' in texts[str(path)] for path in files)
    shown[0].stdout.fnmatch_lines(["*= FAILURES =*", "*- wire exchange -*", "*- server's stderr -*", "*conformance =*"])
    assert not [place for place, text in texts.items() if "/runpytest" not in place and tells(text)]


def servers() -> dict[str, object]:
    """The mcpServers file: one server with a value as written and one from the environment."""
    env = {"TELLTALE_WRITTEN": WRITTEN, "TELLTALE_INTERPOLATED": "${THE_VARIABLE}"}
    return {"mcpServers": {"tale": {"command": "python", "args": [str(SERVER), "{port}"], "env": env}}}


def tells(text: str) -> bool:
    """Find a secret in `text`, in plain letters (as every one has them) or in base64 after `user:`."""
    encoded = [base64.b64encode(f"user:{secret}".encode()).decode()[8:28] for secret in SECRETS]
    return "canary" in text or any(each in text for each in encoded)


def test_the_search_for_secrets_finds_them() -> None:
    """The test above can fail."""
    assert tells(f"x {SENT} y")
    assert tells(base64.b64encode(f"user:{WRITTEN}".encode()).decode())
    assert not tells("nothing")
