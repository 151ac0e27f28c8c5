"""What the server offers: one module per feature, each with an `install` function."""

from __future__ import annotations

from mutants.features import lifecycle, tools
from mutants.protocol import Server


def install(server: Server) -> None:
    """Give `server` every feature."""
    for feature in (lifecycle, tools):
        feature.install(server)
