"""What holds of demo_math's commands, whatever they are called with."""

import math

from hypothesis import strategies as st

from smcp_conformance.laws import Command, law

NUMBERS = st.integers(-(10**30), 10**30) | st.floats(-1e300, 1e300)
FACTORS = st.floats(0.001, 1000) | st.floats(-1000, -0.001)
UNITS = {"B": 1} | {f"{sign}B": 1000**power for power, sign in enumerate("kMGTPE", 1)}
UNITS |= {f"{sign}iB": 1024**power for power, sign in enumerate("KMGTPE", 1)}


@law("calculate", b=st.sampled_from([0, 0.0, -0.0]))
def division_by_zero_has_its_code(calculate: Command, a: float, b: float) -> None:
    """Dividing by zero is refused with the code `division_by_zero`."""
    assert calculate.refusal(operation="divide", a=a, b=b).code == "division_by_zero"


@law("calculate", a=NUMBERS, b=FACTORS)
def division_undoes_multiplication(calculate: Command, a: float, b: float) -> None:
    """A number times another, divided by that, is the number again but for rounding."""
    product = calculate(operation="multiply", a=a, b=b)["result"]
    again = calculate(operation="divide", a=product, b=b)["result"]
    assert math.isclose(again, a, rel_tol=1e-12, abs_tol=1e-300)


@law("calculate", a=NUMBERS, b=NUMBERS)
def addition_commutes(calculate: Command, a: float, b: float) -> None:
    """The order of two numbers doesn't matter to their sum."""
    assert calculate(operation="add", a=a, b=b)["result"] == calculate(operation="add", a=b, b=a)["result"]


@law("calculate", a=NUMBERS, b=NUMBERS)
def subtraction_is_addition_of_the_negative(calculate: Command, a: float, b: float) -> None:
    """A number less another is that number and the other's negative."""
    assert calculate(operation="subtract", a=a, b=b)["result"] == calculate(operation="add", a=a, b=-b)["result"]


@law("format_bytes")
def written_size_is_the_size_but_for_rounding(format_bytes: Command, size: int, unit: str) -> None:
    """What is written is within half of its last digit of the number of bytes."""
    number, _, name = format_bytes(size=size, unit=unit)["formatted"].partition(" ")
    tenths = int(float(number) * 10 + 0.5)
    assert abs(tenths * UNITS[name] - size * 10) * 2 <= UNITS[name]


@law("coin_flip")
def sides_are_counted(coin_flip: Command, flips: int) -> None:
    """Heads and tails are as many as coins were flipped, and are counted rightly."""
    flipped = coin_flip(flips=flips)
    assert flipped["heads"] + flipped["tails"] == len(flipped["results"]) == flips
    assert flipped["results"].count("heads") == flipped["heads"]


@law("coin_flip")
def same_seed_gives_the_same_sides(coin_flip: Command, flips: int, seed: int) -> None:
    """Flips are repeatable for those who give a seed."""
    assert coin_flip(flips=flips, seed=seed)["results"] == coin_flip(flips=flips, seed=seed)["results"]
