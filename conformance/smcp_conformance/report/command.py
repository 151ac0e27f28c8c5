"""The command that repeats one item, with what the user typed that matters for it and without any secret."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from smcp_conformance.masking import Mask
from smcp_conformance.target import Target, parse_server_option, parse_url_option

SUBJECTS: Mapping[str, Callable[[str, Path], Target]] = {
    "smcp_server": parse_server_option,
    "smcp_url": parse_url_option,
}
LISTS = ("smcp_config", "smcp_plugins", "smcp_header", "smcp_allow_tools", "smcp_mask")
SINGLES = ("smcp_revisions", "smcp_max_message", "smcp_start_timeout", "smcp_reply_timeout", "smcp_max_examples")


def replay_command(id: str, typed: Any, mask: Mask) -> str:
    """Write the command line for the item `id`; `typed` is pytest's `config.option`.

    Of several servers that were typed only the one of the item is named; what comes from config files is not repeated.
    """
    words = ["pytest", *_pytest_words(typed), "--smcp-conformance", *_option_words(typed, id.partition("::")[0])]
    return shlex.join([*(mask(word) for word in words), "--smcp-replay", id])


def _pytest_words(typed: Any) -> Iterator[str]:
    """What decides where pytest finds its settings."""
    if typed.inifilename:
        yield from ("-c", str(typed.inifilename))
    if typed.rootdir:
        yield from ("--rootdir", str(typed.rootdir))


def _option_words(typed: Any, group: str) -> Iterator[str]:
    for name, parse in SUBJECTS.items():
        for value in getattr(typed, name):
            if parse(value, Path()).group == group:
                yield from (_flag(name), value)
    for name in LISTS:
        for value in getattr(typed, name):
            yield from (_flag(name), value)
    for name in SINGLES:
        if getattr(typed, name) is not None:
            yield from (_flag(name), str(getattr(typed, name)))
    if typed.smcp_strict:
        yield "--smcp-strict"


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
