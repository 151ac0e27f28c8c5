"""Which frames pytest leaves out of a traceback, so that it ends at the user's line.

A module of ours that says `__tracebackhide__ = ours` is left out where the error is one that we define: it tells of the
server, or of how we were called. Any other is a fault of ours, and then our frames are what is wanted.
`--full-trace` shows them in any case.
"""

from __future__ import annotations

from typing import Any


def ours(excinfo: Any) -> bool:
    """Tell whether a pytest.ExceptionInfo holds an error of one of our own types."""
    return type(excinfo.value).__module__.partition(".")[0] == __name__.partition(".")[0]
