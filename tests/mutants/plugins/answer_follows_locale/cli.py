"""Prints answers in whatever encoding the locale has."""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer(values), "unit": "µm"}

    def write(self, document: object) -> None:
        text = json.dumps(document, ensure_ascii="commands" in str(document))
        print(text)


if __name__ == "__main__":
    Mutant().run()
