"""Takes 1.5 for an integer and cuts it."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def types(self) -> dict[str, Any]:
        return {**super().types(), "integer": lambda text: int(float(text))}


if __name__ == "__main__":
    Mutant().run()
