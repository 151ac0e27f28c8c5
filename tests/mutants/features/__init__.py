"""What the server offers: one module per feature, each with an `install` function."""

from __future__ import annotations

from mutants.features import asking, lifecycle, logs, prompts, resources, subscriptions, tasks, tools
from mutants.protocol import Server


def install(server: Server) -> None:
    """Give `server` every feature."""
    for feature in (lifecycle, tools, resources, prompts, logs, subscriptions, asking, tasks):
        feature.install(server)
