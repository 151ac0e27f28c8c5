"""Never finishes with an empty text."""

import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        if not values["text"]:
            threading.Event().wait()
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
