"""What all that reports has in common: the options, what was known before, what is to be hidden."""

from __future__ import annotations

import os
from functools import cached_property

import pytest

from smcp_conformance.inherited import inherited_secrets
from smcp_conformance.masking import Mask
from smcp_conformance.options import Options
from smcp_conformance.report.command import replay_command
from smcp_conformance.report.known import KnownFailures, KnownFailuresError, read_known_failures
from smcp_conformance.report.replay import Replay


class Context:
    """Values of one run in one process; `replay` is what the user asked to see again.

    Raises pytest.UsageError if the known failures can't be read.
    """

    def __init__(self, config: pytest.Config, options: Options, replay: Replay | None) -> None:
        self.config = config
        self.options = options
        self.replay = replay
        self.known = _known(options)

    @property
    def is_worker(self) -> bool:
        """True in a process of xdist's that runs items and sends its reports elsewhere."""
        return hasattr(self.config, "workerinput")

    @cached_property
    def mask(self) -> Mask:
        """Hides the secrets of all targets, and those that plugins inherit."""
        targets = self.options.targets
        secrets = (*inherited_secrets(os.environ), *(secret for target in targets for secret in target.secrets))
        patterns = (*self.options.policy.mask, *(pattern for target in targets for pattern in target.policy.mask))
        return Mask(secrets, dict.fromkeys(patterns))

    def command(self, nodeid: str) -> str:
        """The command that repeats an item."""
        return replay_command(nodeid, self.config.option, self.mask)


def _known(options: Options) -> KnownFailures:
    if options.known_failures is None:
        return KnownFailures()
    try:
        return read_known_failures(options.known_failures)
    except KnownFailuresError as error:
        raise pytest.UsageError(f"known failures: {error}") from None
