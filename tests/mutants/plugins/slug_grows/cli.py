"""A slugify that puts a letter before every slug, also before one of its own."""

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import TEXT, Cli


class Mutant(Cli):
    name = "demo_text"
    command = "slugify"
    parameters = (TEXT,)

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"slug": "s" + re.sub(r"[^a-z0-9]+", "", values["text"].lower())}


if __name__ == "__main__":
    Mutant().run()
