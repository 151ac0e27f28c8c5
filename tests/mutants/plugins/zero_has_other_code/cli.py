"""A calculate that refuses to divide by zero with a code of its own."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from mutants.plugins.base import SCALE, TEXT, Cli, Refusal


class Mutant(Cli):
    name = "demo_math"
    command = "calculate"
    parameters = ({**TEXT, "name": "operation", "enum": ["divide"]}, {**SCALE, "name": "a"}, {**SCALE, "name": "b"})

    def answer(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["b"] == 0:
            raise Refusal("can't divide by nothing", code="math_error")
        return {"result": self.finite(values["a"] / values["b"])}


if __name__ == "__main__":
    Mutant().run()
