"""Inside a fork server: whether a plugin and its imports are such that forks of them are as good as fresh starts.

Standard library only and imported by path, as `fork_server.py` is.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

# Whatever draws random numbers from a state of its own, and those of them that every child seeds anew.
_GENERATORS = (("random", "Random"), ("numpy.random", "RandomState"), ("numpy.random", "BitGenerator"))
_SEEDED = (("random", "_inst"), ("numpy.random.mtrand", "_rand"))


class Refused(Exception):
    """The plugin is not to be served warm; says why."""


def compiled(file: str) -> "CodeType":
    """Compile the file. Raises `Refused` if that says anything, as each cold start would."""
    import warnings

    try:
        with open(file, "rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("error")
            return compile(stream.read(), file, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, Warning) as error:
        raise Refused(f"it can't be compiled in silence: {error}") from None


def check_threads() -> None:
    """Raise `Refused` if there is a second thread that a fork would lose."""
    if len(sys._current_frames()) > 1 or (threads() > 1 and not threads_yield()):
        raise Refused(f"its imports start threads ({threads()} now)")


def threads() -> int:
    """How many threads this process has, of any kind where that can be known."""
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else len(sys._current_frames())


def threads_yield() -> bool:
    """Tell whether the other threads end when the process forks, and come back when they are needed.

    Those of libraries for numbers do so: OpenBLAS, which numpy brings, has a hook for forks. Python has none of these.
    """
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return threads() == 1


def check_generators() -> None:
    """Raise `Refused` if the imports made a source of random numbers: all calls would draw the same from it."""
    kinds = tuple(kind for kind in named(_GENERATORS) if isinstance(kind, type))
    seeded = list(named(_SEEDED))
    seeded += [getattr(one, "_bit_generator", None) for one in seeded]
    for one in gc.get_objects() if kinds else ():
        if isinstance(one, kinds) and not any(one is known for known in seeded) and not stateless(one):
            raise Refused(f"its imports keep random numbers of their own ({type(one).__name__})")


def stateless(generator: object) -> bool:
    """True for one that asks the operating system each time."""
    return isinstance(generator, getattr(sys.modules.get("random"), "SystemRandom", ()))


def named(names: "tuple[tuple[str, str], ...]") -> "Iterator[object]":
    """What these modules hold by these names, as far as they are loaded."""
    for module, name in names:
        if module in sys.modules:
            yield getattr(sys.modules[module], name, None)
