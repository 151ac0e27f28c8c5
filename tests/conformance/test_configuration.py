"""Targets and settings are read from `mcpServers` files and pyproject.toml; what is wrong there is named by place."""

import json
from pathlib import Path
from typing import Any

import pytest

from smcp_conformance.configuration import Configuration, read_pyproject
from smcp_conformance.mcp_servers import read_mcp_servers
from smcp_conformance.target import Policy, Target, TargetError, bundled_command

HEAD = "[tool.smcp-conformance]\n"
SHOP = "[tool.smcp-conformance.targets.shop]\n"


def pyproject(folder: Path, text: str) -> Configuration:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return read_pyproject(path)


def targets(folder: Path, text: str) -> dict[str, Target]:
    return {target.name: target for target in pyproject(folder, SHOP + text).targets}


def servers(folder: Path, document: Any, name: str = ".mcp.json") -> tuple[Target, ...]:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read_mcp_servers(path)


def server(folder: Path, **entry: Any) -> Target:
    (target,) = servers(folder, {"mcpServers": {"shop": entry}})
    return target


class TestMcpServers:
    def test_a_command_with_args_env_and_cwd(self, tmp_path: Path) -> None:
        target = server(tmp_path, command="node", args=["s.js", "a b"], env={"K": "v", "N": 3}, cwd="sub")
        assert target.command == ("node", "s.js", "a b")
        assert target.env == {"K": "v", "N": "3"}
        assert (target.transport, target.cwd, target.name) == ("stdio", tmp_path / "sub", "shop")
        assert str(tmp_path) in target.source

    def test_the_cwd_is_the_files_folder_or_the_project_of_an_editor(self, tmp_path: Path) -> None:
        assert server(tmp_path, command="x").cwd == tmp_path
        (target,) = servers(tmp_path, {"servers": {"a": {"command": "${workspaceFolder}/x"}}}, ".vscode/mcp.json")
        assert (target.cwd, target.command) == (tmp_path, (f"{tmp_path}/x",))

    def test_a_url_with_headers(self, tmp_path: Path) -> None:
        target = server(tmp_path, type="http", url="https://h/mcp", headers={"Authorization": "Bearer x"})
        assert (target.transport, target.url) == ("http", "https://h/mcp")
        assert target.headers == (("Authorization", "Bearer x"),)

    @pytest.mark.parametrize(
        ("entry", "transport"),
        [
            ({"url": "http://h/sse"}, "sse"),
            ({"url": "http://h/mcp"}, "http"),
            ({"url": "http://h/x", "type": "sse"}, "sse"),
            ({"url": "http://h/x", "transport": "streamable-http"}, "http"),
            ({"url": "http://h/x", "type": "streamableHttp"}, "http"),
        ],
    )
    def test_the_transport_is_the_type_or_seen_in_the_url(
        self, tmp_path: Path, entry: dict[str, str], transport: str
    ) -> None:
        assert server(tmp_path, **entry).transport == transport

    def test_variables_come_from_the_environment_and_are_secret(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHOP_KEY", "s3cret-value")
        monkeypatch.setenv("SHOP_EMPTY", "")
        monkeypatch.delenv("SHOP_UNSET", raising=False)
        args = ["${SHOP_KEY}", "${env:SHOP_KEY}", "x${SHOP_UNSET:-y}z", "${SHOP_EMPTY:-e}", "[${SHOP_EMPTY}]"]
        target = server(tmp_path, command="node", args=args)
        assert target.command[1:] == ("s3cret-value", "s3cret-value", "xyz", "e", "[]")
        assert "s3cret-value" in target.secrets

    def test_an_unset_variable_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SHOP_UNSET", raising=False)
        with pytest.raises(TargetError, match=r"shop, env\.K: environment variable 'SHOP_UNSET' must be set"):
            server(tmp_path, command="x", env={"K": "${SHOP_UNSET}"})

    def test_an_env_file_adds_to_the_environment(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("# comment\nA=1\nexport B = 'two words' \n\nC=\"x=y\"\nD=\n")
        target = server(tmp_path, command="x", envFile="${workspaceFolder}/.env", env={"A": "own"})
        assert target.env == {"A": "own", "B": "two words", "C": "x=y", "D": ""}
        with pytest.raises(TargetError, match="envFile: can't read 'none'"):
            server(tmp_path, command="x", envFile="none")

    def test_what_an_editor_would_ask_for_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match=r"can't tell what '\$\{input:key\}' is"):
            server(tmp_path, command="x", args=["${input:key}"])

    def test_comments_and_trailing_commas_are_allowed_and_strings_kept(self, tmp_path: Path) -> None:
        text = """{ // servers
          "servers": {/* one, */ "a": {"command": "http://x // y", "args": ["1", ",]", /* c */ ], },}
        }"""
        (target,) = servers(tmp_path, text)
        assert target.command == ("http://x // y", "1", ",]")

    def test_disabled_servers_are_left_out_and_names_become_target_names(self, tmp_path: Path) -> None:
        document = {
            "mcpServers": {"My Server": {"command": "x"}, "off": {"disabled": True}, "not-on": {"enabled": False}}
        }
        assert [target.name for target in servers(tmp_path, document)] == ["my-server"]

    @pytest.mark.parametrize(
        ("document", "complaint"),
        [
            ("{", r"\.mcp\.json:1:2: must be JSON: expecting property name"),
            ("{\n  ,", r"\.mcp\.json:2:3: must be JSON: "),
            ("{/* one\ntwo */ // three\n  :}", r"\.mcp\.json:3:3: must be JSON: "),
            ("[]", "must hold a JSON object"),
            ({"mcpServer": {}}, r"must hold an object 'mcpServers' \(or 'servers'\); it holds 'mcpServer'"),
            ({"mcpServers": {}}, "names no server"),
            ({"mcpServers": []}, r"mcpServers: \[\] must be a table"),
            ({"mcpServers": {"a": 3}}, "a: 3 must be a table"),
            ({"mcpServers": {"a": {}}}, "a: needs a 'command' or a 'url'"),
            ({"mcpServers": {"a": {"command": " "}}}, "a: needs a 'command' or a 'url'"),
            ({"mcpServers": {"a": {"type": "http"}}}, "a: needs a 'url'"),
            ({"mcpServers": {"a": {"command": 3}}}, "a, command: 3 must be a string"),
            ({"mcpServers": {"a": {"command": "x", "args": {}}}}, "a, args: {} must be a list of strings"),
            ({"mcpServers": {"a": {"command": "x", "args": [1]}}}, "a, args: 1 must be a string"),
            (
                {"mcpServers": {"a": {"command": "x", "args": "s.js -v"}}},
                "args: 's.js -v' must be a list of strings",
            ),
            ({"mcpServers": {"a": {"command": ["x"]}}}, r"a, command: \['x'\] must be a string"),
            ({"mcpServers": {"a": {"command": "x", "cwd": 3}}}, "a, cwd: 3 must be a string"),
            ({"mcpServers": {"a": {"command": "x", "env": ["A=b"]}}}, "a, env: a list must be a table of strings"),
            ({"mcpServers": {"a": {"command": "x", "env": {"A": None}}}}, r"a, env\.A: nothing must be a string"),
            ({"mcpServers": {"a": {"command": "x", "headers": "A: b"}}}, "a, headers: a string must be a table of str"),
            ({"mcpServers": {"a": {"url": ["http://h/"]}}}, "a, url: .* must be a string"),
            ({"mcpServers": {"a": {"url": "http://h/", "args": "x"}}}, "a, args: 'x' must be a list of strings"),
            ({"mcpServers": {"a": {"comand": "x"}}}, "or a 'url'; unknown key 'comand' .*; did you mean 'command'"),
            ({"mcpServers": {"a": {"command": "x", "disabled": 1}}}, "disabled: 1 must be true or false"),
            ({"mcpServers": {"a": {"command": "x", "enabled": 1}}}, "enabled: 1 must be true or false"),
            ({"mcpServers": {"a": {"url": "x"}}}, "must be a URL"),
            ({"mcpServers": {"a": {"url": "http://h/", "type": "ws"}}}, "type 'ws' must be one of stdio, http"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, document: Any, complaint: str) -> None:
        with pytest.raises(TargetError, match=complaint):
            servers(tmp_path, document)

    def test_what_is_no_text_is_told_by_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "latin.json").write_bytes(b'{\n "\xe4": 1}')
        with pytest.raises(TargetError, match=r"latin\.json:2:3: must be JSON: it must be UTF-8"):
            read_mcp_servers(tmp_path / "latin.json")

    @pytest.mark.parametrize("entry", [{"env": ["KEY=hunter22"]}, {"headers": {"Authorization": ["hunter22"]}}])
    def test_a_wrong_type_shows_no_secret(self, tmp_path: Path, entry: dict[str, Any]) -> None:
        with pytest.raises(TargetError, match="a list must be") as error:
            server(tmp_path, command="x", **entry)
        assert "hunter22" not in str(error.value)

    def test_a_key_that_no_client_is_known_for_is_remarked_upon(self, tmp_path: Path) -> None:
        """It may be a slip; what clients keep for themselves is theirs, and so is a comment."""
        theirs = {"autoApprove": [], "timeout": 60, "description": "x", "_comment": "x"}
        assert server(tmp_path, command="x", **theirs).remarks == ()
        slip, strange = server(tmp_path, command="x", arg=["y"], zone=1).remarks
        assert slip.endswith(".mcp.json', shop: unknown key 'arg' is ignored; did you mean 'args'?")
        assert "unknown key 'zone' is ignored; those that are read: type, transport, command, cwd" in strange

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match=r"can't read '.*none\.json': no such file"):
            read_mcp_servers(tmp_path / "none.json")


class TestPyproject:
    def test_without_the_table_nothing_is_configured(self, tmp_path: Path) -> None:
        assert pyproject(tmp_path, "[tool.other]\n") == Configuration() == pyproject(tmp_path, "tool = 3")

    def test_everything_about_the_run(self, tmp_path: Path) -> None:
        text = """
            config = ".mcp.json"
            plugins = ["plugins", "more"]
            revisions = ["2025-06-18", "2025-11-25"]
            strict = true
            known-failures = "known.toml"
            allow-tools = ["get_*"]
            start-timeout = 30
            reply-timeout = "2s"
            max-message = "1 MiB"
            max-examples = 7
            time-budget = "60s"
            mask = 'tok-\\w+'
        """
        assert pyproject(tmp_path, HEAD + text) == Configuration(
            configs=(tmp_path / ".mcp.json",),
            plugins=(tmp_path / "plugins", tmp_path / "more"),
            revisions="2025-06-18,2025-11-25",
            strict=True,
            known_failures=tmp_path / "known.toml",
            max_examples=7,
            time_budget=60,
            policy=Policy(("get_*",), 30, 2, 2**20, (r"tok-\w+",)),
        )

    def test_one_command_is_one_target_over_stdio(self, tmp_path: Path) -> None:
        found = targets(tmp_path, 'command = "K=v {python} -m shop"\ncwd = "sub"\nenv = {A = "b", N = 1, F = true}')
        target = found["shop"]
        assert (target.command, target.transport, target.url) == (("{python}", "-m", "shop"), "stdio", None)
        assert (target.cwd, target.env) == (tmp_path / "sub", {"A": "b", "N": "1", "F": "true", "K": "v"})
        assert target.source == "[tool.smcp-conformance.targets.shop]"

    def test_a_command_may_be_a_list_of_words(self, tmp_path: Path) -> None:
        assert targets(tmp_path, 'command = ["A=b", "c d"]')["shop"].command == ("A=b", "c d")

    def test_two_commands_are_one_target_over_two_transports(self, tmp_path: Path) -> None:
        found = targets(
            tmp_path, 'command = "shop"\nhttp-command = "shop --port {port}"\nurl = "http://localhost:{port}/x"'
        )
        assert {(each.name, each.group, each.transport, each.url) for each in found.values()} == {
            ("shop-stdio", "shop", "stdio", None),
            ("shop-http", "shop", "http", "http://localhost:{port}/x"),
        }

    @pytest.mark.parametrize(
        ("text", "transports"),
        [
            ('command = "shop {port}"', ["http"]),
            ('command = "shop"\nenv = {PORT = "{port}"}', ["http"]),
            ('command = "shop {port}"\nurl = "http://localhost:{port}/sse"', ["sse"]),
            ('command = "shop {port}"\ntransports = ["http", "sse"]', ["http", "sse"]),
            ('sse-command = "shop {port}"', ["sse"]),
            ('http-command = "shop -p 8000"\nurl = "http://localhost:8000/mcp"', ["http"]),
            ('command = "shop"\nurl = "http://localhost:8000/mcp"', ["stdio", "http"]),
            ('url = "http://localhost:8000/sse"', ["sse"]),
            ('command = "bundled"', ["stdio", "http", "sse"]),
            ('command = "bundled"\ntransports = ["stdio"]', ["stdio"]),
            ('command = "x"\ntransports = ["stdio", "stdio"]', ["stdio"]),
        ],
    )
    def test_the_transports_are_those_that_can_be_had(self, tmp_path: Path, text: str, transports: list[str]) -> None:
        assert [target.transport for target in targets(tmp_path, text).values()] == transports

    def test_bundled_is_started_for_each_transport_in_its_own_way(self, tmp_path: Path) -> None:
        found = targets(tmp_path, 'command = "bundled"\ntransports = ["stdio", "http", "sse"]')
        assert found["shop-stdio"].command == bundled_command("stdio")
        assert found["shop-http"].command == found["shop-sse"].command == bundled_command("http")
        assert (found["shop-sse"].url or "").endswith("/sse")

    def test_a_targets_policy_adds_to_the_runs(self, tmp_path: Path) -> None:
        text = (
            f'{HEAD}allow-tools = "a"\nstart-timeout = 30\n{SHOP}command = "x"\nallow-tools = ["b"]\nreply-timeout = 1'
        )
        (target,) = pyproject(tmp_path, text).targets
        assert target.policy == Policy(allow_tools=("a", "b"), start_timeout=30, reply_timeout=1)

    def test_headers_and_variables(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOP_KEY", "s3cret-value")
        found = targets(tmp_path, 'url = "http://h/mcp"\nheaders = {X-Key = "${SHOP_KEY}"}')
        assert found["shop"].headers == (("X-Key", "s3cret-value"),)
        assert found["shop"].interpolated == ("s3cret-value",)

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("x", r"pyproject\.toml:1:2: must be TOML: "),
            ("\n[tool\n", r"pyproject\.toml:2:6: must be TOML: "),
            ("a = [", r"pyproject\.toml:1:6: must be TOML: "),
            (SHOP + "command = 'x'\nenv = ['KEY=hunter22']", "env: a list must be a table of strings"),
            ("[tool.smcp_conformance]", r"\[tool.smcp_conformance\] must be written \[tool.smcp-conformance\]"),
            (HEAD + "target = 1", "unknown key 'target'; the valid ones are targets, config, plugins"),
            (HEAD + "targets = 1", r"\[tool.smcp-conformance\], targets: 1 must be a table"),
            (HEAD + "strict = 1", "strict: 1 must be true or false"),
            (HEAD + "start-timeout = 0", "start-timeout: 0 must be a number of seconds above 0"),
            (HEAD + "reply-timeout = 'soon'", "reply-timeout: 'soon' must be a number of seconds"),
            (HEAD + "max-message = '1 MB'", "max-message: '1 MB' must be a number of bytes"),
            (HEAD + "max-examples = 'all'", "max-examples: 'all' must be a number of examples above 0, or 'thorough'"),
            (HEAD + "time-budget = -1", "time-budget: -1 must be a number of seconds above 0"),
            (HEAD + "mask = ['(']", r"mask: '\(' must be a regular expression"),
            (HEAD + "mask = ['a*']", r"mask: 'a\*' matches the empty text"),
            (SHOP, r"targets.shop\]: needs one of command, http-command, sse-command, url"),
            (SHOP + "port = 1", "unknown key 'port'; the valid ones are command"),
            (SHOP + "command = ' '", "the command is empty"),
            (SHOP + "command = []", "the command is empty"),
            (SHOP + "command = 3", "command: 3 must be a string or a list of strings"),
            (SHOP + "command = 'x'\ntransports = ['tcp']", "'tcp' must be one of stdio, http, sse"),
            (SHOP + "command = 'x {port}'\ntransports = ['stdio']", "'stdio' needs a `command` without"),
            (SHOP + "command = 'x'\ntransports = ['http']", "'http' needs `http-command`, a `command` with"),
            (SHOP + "http-command = 'x'", r"http-command: needs \{port\} in the command, or a `url`"),
            (SHOP + "url = 'x'", "must be a URL"),
            (SHOP + "url = 'http://h:{port}/'", "'http' needs"),
            ("[tool.smcp-conformance.targets.Shop]\ncommand = 'x'", "target name 'Shop' must be"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, text: str, complaint: str) -> None:
        with pytest.raises(TargetError, match=complaint):
            pyproject(tmp_path, text)
