"""Never finishes describing itself."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def describe(self) -> int:
        threading.Event().wait()
        return super().describe()


if __name__ == "__main__":
    Mutant().run()
