"""Shows a traceback when a number is no number."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import Cli


class Mutant(Cli):
    def types(self) -> dict[str, Any]:
        return {**super().types(), "number": str, "integer": str}

    def check(self, values: dict[str, Any]) -> None:
        values.update(scale=float(values["scale"]), times=int(values["times"]))
        super().check(values)


if __name__ == "__main__":
    Mutant().run()
