"""Declares a maximum, and takes more."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def check(self, values: dict[str, Any]) -> None:
        super().check({**values, "times": min(values["times"], 100)})


if __name__ == "__main__":
    Mutant().run()
