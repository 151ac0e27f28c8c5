"""The options of `--smcp-conformance`, and whether they ask for anything: the part that every pytest run pays for.

So it imports next to nothing; what the options mean is `options`' business.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from smcp_conformance.revisions import REVISIONS

KNOWN_FAILURES = "smcp-known-failures.toml"
PREPARING = frozenset(
    (
        *("server", "url", "config", "header", "plugins", "revisions", "allow-tools", "strict", "known-failures"),
        *("max-message", "start-timeout", "reply-timeout", "mask", "max-examples", "time-budget"),
    )
)
"""Our options that say what a run would do, each after `--smcp-`; those that ask for one are not among them."""

QUESTIONS = ("help", "version", "markers", "showfixtures", "show_fixtures_per_test", "cacheshow")
"""pytest's options that run nothing and answer a question, whatever else was typed."""


def add_options(parser: pytest.Parser) -> None:
    """Add the options of `--smcp-conformance` to pytest's own."""
    group = parser.getgroup("smcp-conformance", "conformance of MCP servers")

    def flag(name: str, text: str) -> None:
        group.addoption(name, action="store_true", default=False, help=text)

    def value(name: str, metavar: str, text: str) -> None:
        group.addoption(name, metavar=metavar, default=None, help=text)

    def values(name: str, metavar: str, text: str) -> None:
        group.addoption(name, metavar=metavar, action="append", default=[], help=f"{text} (repeatable)")

    flag("--smcp-conformance", "add the conformance tests of the configured MCP servers and plugins")
    flag("--smcp-only", "collect nothing but conformance tests (implies --smcp-conformance)")
    values("--smcp-server", "CMD", "command of a server to test: '[NAME=][VAR=value …] program args', or 'bundled'")
    values("--smcp-url", "URL", "a server that already runs: '[NAME=]URL'")
    values("--smcp-config", "FILE", "JSON file with mcpServers, as MCP clients use it")
    values("--smcp-header", "HEADER", "'NAME: VALUE' to send to every HTTP target; the value is never shown")
    values("--smcp-plugins", "DIR", "folder whose subfolders hold a plugin's cli.py")
    value("--smcp-revisions", "LIST", f"'default', 'all', or some of {', '.join(REVISIONS)}")
    values("--smcp-allow-tools", "GLOB", "tools that may be called though they don't say readOnlyHint")
    flag("--smcp-strict", "let warnings fail")
    value("--smcp-known-failures", "FILE", f"failures that are known, with reasons (default: {KNOWN_FAILURES})")
    value("--smcp-replay", "ITEM", "repeat a failure: its node id or file (implies --smcp-conformance)")
    value("--smcp-max-message", "BYTES", "longest message that is judged, as in 65536 or 16MiB (default: 16MiB)")
    value("--smcp-start-timeout", "SECONDS", "how long a server may take to start (default: 15)")
    value("--smcp-reply-timeout", "SECONDS", "how long an answer may take after that (default: 5)")
    value("--smcp-max-examples", "N", "generated inputs for each check of a tool: a number or 'thorough' (default: 25)")
    value("--smcp-time-budget", "SECONDS", "after which nothing is generated any more (default: none)")
    values("--smcp-mask", "REGEX", "text that no output may show")


def wanted(config: pytest.Config) -> bool:
    """Tell whether conformance items are asked for; raises pytest.UsageError for options that do nothing.

    Not where pytest is only asked something. Options that say what to test may wait in `addopts` for the one that asks;
    typed without it they are a mistake, for the run would test nothing and not say so.
    """
    typed = config.option
    if any(getattr(typed, question, False) for question in QUESTIONS):
        return False
    asked = bool(typed.smcp_conformance or typed.smcp_only or typed.smcp_replay is not None)
    if not asked:
        _refuse_options_alone(config.invocation_params.args)
    return asked


def _refuse_options_alone(words: Iterable[object]) -> None:
    names = (word.partition("=")[0] for word in map(str, words))
    alone = [name for name in names if name.removeprefix("--smcp-") in PREPARING and name.startswith("--smcp-")]
    if alone:
        raise pytest.UsageError(
            f"{alone[0]} does nothing by itself: add --smcp-conformance, or --smcp-only to run nothing else"
        )
