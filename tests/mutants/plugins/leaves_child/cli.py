"""Starts a process that outlives its command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        quiet = subprocess.DEVNULL
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(8)"], stdin=quiet, stdout=quiet, stderr=quiet)
        return super().answer(values)


if __name__ == "__main__":
    Mutant().run()
