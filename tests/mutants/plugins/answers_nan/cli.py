"""Answers with a number that JSON doesn't know."""

import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        scale = values["scale"]
        return {**super().answer(values), "inverse": 1 / scale if scale else math.nan}


if __name__ == "__main__":
    Mutant().run()
