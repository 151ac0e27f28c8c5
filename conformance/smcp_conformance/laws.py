"""Laws of a plugin: what holds of its commands whatever they are called with, written down by its author.

They stand in `laws.py` beside `cli.py`, and `pytest --smcp-conformance` makes an item of each:

    from smcp_conformance.laws import law

    @law("slugify")
    def slug_of_a_slug_is_itself(slugify, text):
        "Slugifying a slug changes nothing."
        slug = slugify(text=text)["slug"]
        assert slugify(text=slug)["slug"] == slug

The first parameters are the commands that `law` names, to be called with keywords. The others are generated: from the
described parameter of that name, or from a Hypothesis strategy that is given to `law` by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Command", "Law", "Refused", "law"]


class Refused(Exception):
    """A command answered with an error: `code` is its stable name ("" without one), `message` its words."""

    def __init__(self, command: str, code: str, message: str, document: Mapping[str, Any]) -> None:
        super().__init__(f"{command} refused: {code or 'no code'}: {message}")
        self.code = code
        self.message = message
        self.document = document


class Command(Protocol):
    """A command as laws are handed it. Each call is one run of the plugin; one that breaks down breaks the law."""

    def __call__(self, /, **arguments: Any) -> Any:
        """Call it and return the JSON that it printed; raises `Refused` if that is an error."""
        ...

    def refusal(self, /, **arguments: Any) -> Refused:
        """Call it and return its refusal; the law is broken if it gives a result."""
        ...


@dataclass(frozen=True)
class Law:
    """A law as written: the function, the commands that it names, and the strategies that were given."""

    function: Callable[..., object] = field(compare=False)
    commands: tuple[str, ...]
    given: Mapping[str, object] = field(default_factory=dict[str, object], compare=False)

    @property
    def name(self) -> str:
        """Its function's name."""
        return self.function.__name__

    @property
    def text(self) -> str:
        """What it says, in one paragraph: the docstring, else its name."""
        documented = " ".join((inspect.getdoc(self.function) or "").split())
        return documented or f"{self.name.replace('_', ' ').capitalize()}."

    @property
    def place(self) -> str:
        """File and line of its function."""
        code = self.function.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"


def law(*commands: str, **given: SearchStrategy[Any]) -> Callable[[Callable[..., None]], Law]:
    """Make a law of a function about `commands`; `given` are strategies for parameters, by name.

    Raises `TypeError` where no command is named, or a law of the same name was defined before.
    """
    if not commands or not all(isinstance(name, str) for name in commands):
        raise TypeError("law must be given the name of a command: @law('NAME')")

    def made(function: Callable[..., None]) -> Law:
        if isinstance(function.__globals__.get(function.__name__), Law):
            raise TypeError(f"law {function.__name__!r} is defined twice; the first would be lost")
        return Law(function, commands, given)

    return made
