"""What a server inherits from the shell is as secret as what was written down for it, if it looks like a credential."""

from __future__ import annotations

from pathlib import Path

import pytest

from smcp_conformance.inherited import inherited_secrets
from smcp_conformance.masking import MASK, masked

KEY = "-----BEGIN KEY-----\nMIIEvAIBADANBgkqhkiG9w0BAQEF\nAASCBKYwggSiAgEAAoIBAQC7\n-----END KEY-----\n"


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "MYSQL_PWD", "SECRET_KEY_BASE", "X_AUTH"),
        *("PGPASSWORD", "OPENAI_APIKEY", "NPM_AUTHTOKEN", "npm_config__authToken", "GITHUB_PAT", "SOME_CREDENTIALS"),
        *("MYTOKEN", "ApiKey", "SSH_PASSPHRASE", "SMTP_PASS", "TOKEN", "REDIS_PASSWD", "my-api-key"),
    ],
)
def test_the_value_of_a_credential_is_a_secret(name: str) -> None:
    """Its name says so, in whatever spelling."""
    assert inherited_secrets({name: "a1b2c3d4e5"}) == ("a1b2c3d4e5",)


@pytest.mark.parametrize(
    "name",
    ["KEYBOARD", "TOKENIZERS_PARALLELISM", "AUTHOR", "MONKEY", "PATH", "COMPASS", "PATTERN", "XAUTHORITY"],
)
def test_words_that_only_contain_such_a_word_name_no_credential(name: str) -> None:
    """Whole words count."""
    assert inherited_secrets({name: "a1b2c3d4e5"}) == ()


@pytest.mark.parametrize("value", ["", "1", "true", "none", "4096", "a.b", "required", "Disabled", "anonymous"])
def test_switches_and_short_values_are_no_secrets(value: str) -> None:
    """To mask them would garble everything."""
    assert inherited_secrets({"MAX_TOKENS": value, "AUTH": value, "SORT_KEY": value}) == ()


def test_a_plain_word_is_a_secret_only_under_a_telling_name() -> None:
    """`AUTH_TYPE=kerberos` names a method, while a password may be a word."""
    assert inherited_secrets({"AUTH_TYPE": "kerberos"}) == ()
    assert inherited_secrets({"MY_PASSWORD": "kerberos"}) == ("kerberos",)


def test_paths_are_no_secrets(tmp_path: Path) -> None:
    """A file that is there, and a socket in a folder that is; what only begins with a slash may well be a secret."""
    paths = {"SSH_AUTH_SOCK": str(tmp_path / "agent.1"), "KEY_FILE": str(tmp_path), "OTHER_KEY": "/a1b2c3+d4/e5="}
    assert inherited_secrets(paths) == ("/a1b2c3+d4/e5=",)
    assert inherited_secrets({"KEY_FILE": "/" + "x" * 100_000}) == ("/" + "x" * 100_000,)


def test_the_password_in_an_address_is_a_secret() -> None:
    """In plain letters, too, where it was percent-encoded; the rest of the address is none."""
    secrets = inherited_secrets({"DATABASE_URL": "postgres://me:p%40ss-word@db.example/x", "HOME_URL": "https://x/y"})
    assert secrets == ("p%40ss-word", "p@ss-word")
    assert inherited_secrets({"DATABASE_URL": "postgres://postgres:postgres@db/x", "ODD": "http://[::x"}) == ()


def test_a_key_of_several_lines_is_masked_line_by_line() -> None:
    """A server may print it so."""
    text = masked(f"first {KEY.splitlines()[1]} then {KEY.splitlines()[2]}", inherited_secrets({"TLS_KEY": KEY}))
    assert text == f"first {MASK} then {MASK}"
