"""The revisions of the specification, by date, oldest first."""

HANDSHAKE_REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Those whose sessions begin with `initialize`."""

STATELESS_REVISION = "2026-07-28"
"""The one in which every request stands alone."""

REVISIONS = (*HANDSHAKE_REVISIONS, STATELESS_REVISION)
