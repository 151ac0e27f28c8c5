"""Refuses what is called wrongly with another code each time."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli, Refusal


class Mutant(Cli):
    def refuse(self, refusal: Refusal) -> int:
        code = f"usage-{time.time_ns()}" if refusal.code == "usage" else refusal.code
        self.write({"error": str(refusal), "code": code})
        return refusal.status


if __name__ == "__main__":
    Mutant().run()
