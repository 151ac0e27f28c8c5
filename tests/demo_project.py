"""A project under test whose run has a handful of checks of our own choice, against the fixture server."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import pytest
from mutants import command

REVISION = "2025-11-25"
LEG = f"stdio-{REVISION}"
PROLOGUE = """
import smcp_conformance.checks
import smcp_conformance.detect
import smcp_conformance.search.protocol.collect
import smcp_conformance.search.sequences
from smcp_conformance.requirement import REGISTRY, check, not_applicable, not_verified

REGISTRY.clear()
smcp_conformance.checks.__path__[:] = []  # the real ones stay out
smcp_conformance.detect.listed = lambda tools, policy: ()  # and nothing is generated for tools
smcp_conformance.search.sequences.concerns = lambda offer: False  # nor are sequences
smcp_conformance.search.protocol.collect.protocol_checks = lambda offer: ()  # nor values of the protocol


def page(function):
    function.__module__ = "smcp_conformance.checks.demo"
    return function
"""
MUST, SHOULD = "jsonrpc.method-not-found", "jsonrpc.unicode-roundtrip"
CHECKS = {
    "passes": (MUST, "session.ping()"),
    "fails": (MUST, 'session.ping()\n    raise AssertionError("got \\"no\\", must be \\"yes\\" or \\"perhaps\\"")'),
    "warns": (SHOULD, 'raise AssertionError("got 1, must be 2")'),
    "cannot": (MUST, 'not_verified("no tool may be called; --smcp-allow-tools names some")'),
    "cannot_either": (SHOULD, 'not_verified("no tool may be called; --smcp-allow-tools names some")'),
    "has_no_subject": (MUST, 'not_applicable("there are no tools")'),
    "reads": (MUST, 'session.request("resources/read", {"uri": "x:y"})'),
    "asks": (MUST, 'session.request("conformance/odd")'),
    "dawdles": (MUST, "import os, pathlib, time\n    pathlib.Path(os.environ['DAWDLES']).touch()\n    time.sleep(600)"),
    "breaks": (MUST, '{}["nothing"]'),
    "echoes": (
        MUST,
        'reply = session.request("tools/call", {"name": "echo", "arguments": {}})\n    assert False, str(reply)',
    ),
}


MONITOR = """
from smcp_conformance.requirement import monitor, observe

@monitor("jsonrpc.version-member")
@page
def nobody_reads(conversation):
    for frame in conversation.outgoing:
        yield observe(frame, frame.message.get("method") != "resources/read", "got a read, must be none")


@monitor("jsonrpc.version-member")
@page
def nobody_asks(conversation):
    for frame in conversation.outgoing:
        yield observe(frame, frame.message.get("method") != "conformance/odd", "got an odd one, must be none")
"""


class Project:
    """A folder with a conftest.py that holds the checks named, and ways to run pytest there."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path

    def checks(self, *names: str) -> None:
        """Let these be all checks there are, on the page `demo`."""
        functions = [MONITOR if name == "monitor" else _function(name, *CHECKS[name]) for name in names]
        self.pytester.makeconftest(PROLOGUE + "\n".join(functions))

    def run(self, *args: str, server: Sequence[str] | None = None) -> pytest.RunResult:
        """Run the checks on the fixture server, called `fix`; `server` is another command for it."""
        words = shlex.join(server or command(revisions=[REVISION]))
        return self.pytester.runpytest_subprocess("--smcp-conformance", "--smcp-server", f"fix={words}", *args)

    def plain(self, *args: str) -> pytest.RunResult:
        """Run pytest with these arguments alone."""
        return self.pytester.runpytest_subprocess(*args)


def _function(name: str, requirement: str, body: str) -> str:
    return f'\n@check("{requirement}")\n@page\ndef {name}(session):\n    """Does what it says."""\n    {body}\n'
