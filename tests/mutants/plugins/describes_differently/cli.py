"""Describes itself differently each time."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    description = f"Stretches texts since {time.monotonic_ns()}."


if __name__ == "__main__":
    Mutant().run()
