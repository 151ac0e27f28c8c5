"""Refuses with another code each time."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli, Refusal


class Mutant(Cli):
    def refuse(self, refusal: Refusal) -> int:
        self.write({"error": str(refusal), "code": f"error-{time.time_ns()}"})
        return refusal.status


if __name__ == "__main__":
    Mutant().run()
