"""Says in plain text what it can't do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli, Refusal


class Mutant(Cli):
    def refuse(self, refusal: Refusal) -> int:
        if refusal.code != "refused":
            return super().refuse(refusal)
        print(f"error: {refusal}")
        return refusal.status


if __name__ == "__main__":
    Mutant().run()
