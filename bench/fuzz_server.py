"""Fuzz the bundled server over every transport: it must answer or ignore as the specification says, and live on.

usage: fuzz_server.py [--count N] [--seed N] [--transport stdio|http|sse ...]     (default: 20000 messages over each)

A quarter of the messages over stdio and HTTP are of the stateless era. A departure ends the run with exit status 1,
says what was seen, and happens again with the same seed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import smcp_canary as canary
from smcp_fuzz.attacks import ATTACKS, Departure
from smcp_fuzz.judging import Fate


def main() -> int:
    """Run the attacks and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--transport", choices=ATTACKS, action="append")
    options = parser.parse_args()
    for transport in options.transport or ATTACKS:
        stateless = 0 if transport == "sse" else options.count // 4
        for era, count in (("handshake", options.count - stateless), ("stateless", stateless)):
            if count and not attacked(transport, era, count, options.seed):
                return 1
    return 0


def attacked(transport: str, era: str, count: int, seed: int) -> bool:
    """Make one attack and tell whether the server stood it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        canary.plugins(Path(folder))
        try:
            tally = ATTACKS[transport](Path(folder), count, seed, era)
            ran = tally.check(Path(folder))
        except Departure as departure:
            print(f"{transport} {era} seed {seed}: {departure}", flush=True)
            return False
    fates = ", ".join(f"{tally.fates[fate]} {fate.value}" for fate in Fate)
    print(f"{transport} {era} seed {seed}: {fates}; {ran} canaries; {time.monotonic() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
