"""Generated inputs: how many schemas have values, on which side those are, and how many come out each second.

usage: generation.py      (the schemas are those in ../shared/corpus beside the checkout; without them it says so)
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from smcp_conformance.generate.schema import schema_root
from smcp_conformance.generate.valid import NotGenerable, valid_values

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
DIALECTS = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
EXAMPLES = 200


@dataclass(frozen=True)
class Generation:
    """What came of a set of schemas: how many there are, have values, have a wrong one, and values a second of each."""

    schemas: int
    generated: int
    wrong: int
    rates: tuple[float, ...]
    cpu_rates: tuple[float, ...]

    def __str__(self) -> str:
        share = 100 * self.generated / max(1, self.schemas)
        speed = f"{median(self.rates):5.0f} values/s of wall time, {median(self.cpu_rates):5.0f} of CPU time (medians)"
        return f"{self.generated}/{self.schemas} generate ({share:.1f} %), {self.wrong} with a wrong value; {speed}"


def real_schemas() -> Iterator[Any]:
    """The in- and output schemas of real tools."""
    for tool in json.loads((CORPUS / "real-tool-schemas.json").read_text(encoding="utf-8")):
        yield from (tool[side] for side in ("inputSchema", "outputSchema") if side in tool)


def suite_schemas(draft: str) -> Iterator[Any]:
    """The satisfiable schemas of the official suite that need no network."""
    for file in sorted((CORPUS / "json-schema-suite" / "tests" / draft).rglob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            schema = case["schema"]
            schema = {"$schema": DIALECTS[draft], **schema} if isinstance(schema, dict) else schema
            if any(test["valid"] for test in case["tests"]) and "localhost:1234" not in json.dumps(schema):
                yield schema


def measured(schemas: Iterable[Any], examples: int = EXAMPLES) -> Generation:
    """Draw `examples` values for each schema and have them judged once more, apart from the time."""
    rates, cpu_rates, wrong, count = [], [], 0, 0
    for schema in schemas:
        count += 1
        try:
            strategy = valid_values(schema)
        except NotGenerable as missing:
            print(f"  not generable: {missing}")
            continue
        began, cpu_began = time.perf_counter(), time.process_time()
        values = _drawn(strategy, examples)
        rates.append(len(values) / (time.perf_counter() - began))
        cpu_rates.append(len(values) / max(1e-6, time.process_time() - cpu_began))
        wrong += not _all_valid(schema, values)
    return Generation(count, len(rates), wrong, tuple(rates), tuple(cpu_rates))


def _drawn(strategy: Any, examples: int) -> list[Any]:
    found: list[Any] = []

    @seed(0)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def run(value: Any) -> None:
        found.append(value)

    run()
    return found


def _all_valid(schema: Any, values: list[Any]) -> bool:
    """By `jsonschema-rs` where it's installed, which is a second opinion, else by `jsonschema` again."""
    if importlib.util.find_spec("jsonschema_rs") is None:
        root = schema_root(schema)
        return all(root.accepts(value) for value in values)
    judge = importlib.import_module("jsonschema_rs").validator_for(schema)
    return all(judge.is_valid(value) for value in values)


def report() -> None:
    """Print the figures for each set of schemas."""
    if not CORPUS.is_dir():
        print("generation: no schemas beside the checkout (shared/corpus)")
        return
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    measured([True], 20)  # what Hypothesis does once
    print(f"valid values, load {load:.1f}", flush=True)
    print(f"  real tools     {measured(real_schemas())}", flush=True)
    for draft in DIALECTS:
        print(f"  {draft:14} {measured(suite_schemas(draft), EXAMPLES // 4)}", flush=True)


if __name__ == "__main__":
    report()
