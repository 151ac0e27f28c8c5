"""What can go wrong while waiting for a server: dying, hanging and being silent are three observations."""

from __future__ import annotations


class WireError(Exception):
    """The server did not do its part of an exchange."""


class NoAnswer(WireError):
    """The server is there, but the answer did not come in time."""


class Flooded(NoAnswer):
    """So much else came that the answer was no longer awaited."""


class Garbled(NoAnswer):
    """Something came in the answer's place that is no JSON in UTF-8."""


class Died(WireError):
    """The server's process ended, or it closed its end of the channel, while something was expected of it."""


class TooLarge(WireError):
    """The server sent a message longer than `--smcp-max-message`, which the spec allows: nothing can be said."""


class Unreachable(WireError):
    """No HTTP exchange took place: connection refused, reset or broken below HTTP."""
