"""Where the page on the contract is: the link of every requirement on plugins."""

from __future__ import annotations

from pathlib import Path

NAME = "plugin-contract.md"
PLACES = (Path(__file__).parents[1] / NAME, Path(__file__).parents[3] / "docs" / NAME)
"""In the package as it is installed, and in a checkout."""

CONTRACT = next((str(place) for place in PLACES if place.is_file()), f"smcp-conformance, docs/{NAME}")
