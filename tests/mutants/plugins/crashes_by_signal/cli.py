"""Dies by a signal when it is to stretch often."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["times"] > 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
