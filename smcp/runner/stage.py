"""Inside a fork server: make a forked child look like a process that has just been started on the plugin's file.

Standard library only and imported by path, as `fork_server.py` is.
"""

import atexit
import builtins
import gc
import io
import marshal
import os
import sys
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, ModuleType
    from typing import Any

if TYPE_CHECKING or __package__:
    from smcp.runner import suitability
else:  # in a fork server
    import suitability

_STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))
_TAKEN = ("path", "argv", "path_hooks", "path_importer_cache", "meta_path")


class Plugin:
    """One file, compiled, and the modules it imports.

    `blank` is what a script's `__main__` holds before its first line, `bare` the modules that are loaded by then.
    """

    def __init__(self, file: str, blank: "Mapping[str, Any]", bare: "frozenset[str]") -> None:
        self.file = file
        self.blank = blank
        self.bare = bare
        self.shown: dict[str, str | None] = {}
        self.reads: set[str] = set()
        self.placed = False
        self.code = suitability.compiled(file)
        self.streams = {name: getattr(sys, name) for _, name, _ in _STREAMS}
        self.exit_code: int | None = None
        self.kept: list[Any] = []
        self.sizes: list[int] = []
        self.alone = not getattr(atexit, "_ncallbacks", int)()
        atexit.register(self.leave)  # before all others, so that it is the last: also after those of preloaded modules
        self.direct = bool(getattr(sys.stdout, "write_through", False))  # -u, PYTHONUNBUFFERED

    def preload(self, shown: "dict[str, str | None]") -> None:
        """Import those of the modules that a run showed which are installed. Raises `Refused`."""
        with Reads() as reads:
            for name, origin in shown.items():
                if origin is not None and name not in sys.modules and installed(origin):
                    imported(name)
        self.reads, self.placed = reads.names, reads.placed
        for name, module in list(sys.modules.items()):
            if name in shown and name != "__main__" and origin_of(module) != shown[name]:
                raise suitability.Refused(f"its module {name!r} takes the place of another")
        self.shown = shown
        suitability.check_threads()
        suitability.check_generators()
        sys.stdout.flush()
        sys.stderr.flush()
        if os.fstat(1).st_size or os.fstat(2).st_size:
            raise suitability.Refused("its imports write to stdout or stderr")

    def rehearse(self) -> None:
        """In a spare child, which has time: prepare what doesn't depend on the call."""
        self.hide()
        self.sizes = [len(vars(module)) for module in self.kept[:-1]]

    def hide(self) -> None:
        """Forget every module that a cold start would not have loaded."""
        for name in [name for name in sys.modules if name not in self.bare and name not in self.shown]:
            module = sys.modules.pop(name)
            parent, _, child = name.rpartition(".")
            if parent in sys.modules and vars(sys.modules[parent]).get(child) is module:
                delattr(sys.modules[parent], child)

    def keep(self) -> None:
        """Keep for good what is loaded now, and out of the garbage collector's way: children share its memory.

        The list holds itself, and no collection looks at what is frozen: not even the interpreter's end takes it
        apart, which would cost each child more than its call.
        """
        self.kept.extend(module for name, module in sys.modules.items() if is_module(module) and name != "__main__")
        self.kept.append(self.kept)
        gc.collect()
        gc.freeze()

    def leave(self) -> None:
        """Last of all at the end of a child: spare the interpreter the tidying of what a call has only used."""
        if self.sizes and self.alone and self.exit_code is not None and plain_end() and flushed():
            tidied(self.kept[:-1], self.sizes)
            if flushed():
                os._exit(self.exit_code)

    def exits(self, code: object = None) -> None:
        """Note with which `sys.exit` the file came to its end, if that is one without words."""
        if code is None or (type(code) is int and abs(code) < 1 << 31):
            self.exit_code = code & 0xFF if code else 0

    def enter(self, words: "list[bytes]") -> "tuple[CodeType, dict[str, Any]]":
        """Become the script `words[1]`, started by the interpreter `words[0]`: what to execute, and where."""
        texts = [os.fsdecode(word) for word in words]
        sys.argv = texts[1:]
        sys.orig_argv = texts
        if not getattr(sys.flags, "safe_path", False):
            sys.path.insert(0, os.path.dirname(os.path.realpath(self.file)))
        for fd, name, mode in _STREAMS:
            stream = opened(fd, f"<{name}>", mode, self.streams[name], self.direct)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        self.streams = {}
        main = type(sys)("__main__")
        sys.modules["__main__"] = main
        namespace = vars(main)
        namespace.update(self.blank, __doc__=None, __builtins__=builtins, __file__=self.file)
        namespace["__loader__"] = type(self.blank["__loader__"])("__main__", self.file)
        if "__annotations__" in namespace:
            namespace["__annotations__"] = {}
        return self.code, namespace


class Reads:
    """Notes which variables are asked for, and whether the folder is: what depends on them holds for these only."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.placed = False
        self.folder = os.getcwd
        self.kind: Any = type(os.environ)
        self.methods = {name: getattr(self.kind, name) for name in ("__getitem__", "__iter__")}

    def __enter__(self) -> "Reads":
        def get(environ: "Any", name: str) -> str:
            self.names.add(name)
            return str(self.methods["__getitem__"](environ, name))

        def walk(environ: "Any") -> "Any":
            self.names.update(self.methods["__iter__"](environ))
            return self.methods["__iter__"](environ)

        def folder() -> str:
            self.placed = True
            return self.folder()

        self.kind.__getitem__, self.kind.__iter__, os.getcwd = get, walk, folder
        return self

    def __exit__(self, *_: object) -> None:
        os.getcwd = self.folder
        for name, method in self.methods.items():
            setattr(self.kind, name, method)


def imported(name: str) -> None:
    """Import a module, or leave that to the children if it can't be imported out of turn."""
    try:
        __import__(name)
    except Exception:  # whatever it raises then
        sys.modules.pop(name, None)


def opened(fd: int, name: str, mode: str, like: "io.TextIOWrapper", direct: bool) -> "io.TextIOWrapper":
    """Open a standard stream as the interpreter does, encoded like the one it opened itself, unbuffered if direct."""
    raw: Any = io.FileIO(fd, mode, closefd=False)
    raw.name = name
    lines = not direct and (raw.isatty() or fd == 2)
    size = raw._blksize
    if mode == "r":
        buffer: Any = io.BufferedReader(raw, size)
    else:
        buffer = raw if direct else io.BufferedWriter(raw, size)
    text: Any = io.TextIOWrapper(buffer, like.encoding, like.errors, "\n", lines, direct)
    text.mode = mode
    return text  # type: ignore[no-any-return]  # the type knows no settable mode, the interpreter sets it


def dress(request: bytes, fds: "list[int]") -> "list[bytes]":
    """In a call's child: take its streams, folder and environment. Returns its words."""
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    for fd in fds:
        os.close(fd)
    words, folder, changed, gone = marshal.loads(request)
    os.chdir(folder)
    for name, value in changed.items():
        os.environb[name] = value
    for name in gone:
        os.environb.pop(name, None)
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:  # the standard library's own generator reseeds itself
        numpy_random.seed()
    return list(words)


def tell_modules(pipe: int) -> None:
    """At the end of this process write to the pipe which modules were loaded, and from where."""

    def tell() -> None:
        loaded = {name: origin_of(module) for name, module in sys.modules.items()}
        os.write(pipe, marshal.dumps(loaded, 2))

    atexit.register(tell)


def plain_end() -> bool:
    """True where the interpreter's own end would do no more than `tidied`."""
    ours = sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__
    return ours and len(sys._current_frames()) == 1 and not (sys.warnoptions or sys.flags.dev_mode)


def flushed() -> bool:
    """Flush what is open of stdout and stderr; False if that fails, which has an exit code of its own."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if not stream.closed:
                stream.flush()
    except (OSError, ValueError):
        return False
    return True


def tidied(kept: "list[Any]", sizes: "list[int]") -> None:  # pragma: no cover - where coverage listens, it isn't used
    """Take apart what the plugin loaded itself as the interpreter does, in its order, and let go of what it has added.

    So that it gets its `__del__` and files are flushed. Modules that are kept had names in those numbers.
    """
    if gc.isenabled():
        gc.collect()  # as the interpreter does; it also brings files before their buffers in the last collection
    for name in _TAKEN:
        setattr(sys, name, None)
    shared = set(map(id, kept))
    own = [ref(module) for module in sys.modules.values() if is_module(module) and id(module) not in shared]
    for name in list(sys.modules):
        sys.modules[name] = None  # type: ignore[assignment]  # as the interpreter does
    sys.modules.clear()
    gc.collect()
    for module, size in zip(kept, sizes, strict=True):
        if len(vars(module)) > size and module not in (sys, builtins):
            cleared(module, size)
    for seen in own:
        cleared(seen(), 0)
    gc.collect()


def cleared(module: "ModuleType | None", after: int) -> None:
    """Let go of what a module's names mean, but for the first ones."""
    for name in list(vars(module))[after:] if module is not None else ():
        if name != "__builtins__":
            vars(module)[name] = None


def is_module(candidate: object) -> bool:
    """True for modules only: some libraries put other things among them."""
    return isinstance(candidate, type(sys))


def origin_of(module: object) -> "str | None":
    """Where a module came from: a path, "built-in", "frozen"; None if it doesn't say."""
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return origin if isinstance(origin, str) else None


def installed(origin: str) -> bool:
    """True for a module of the standard library or of site-packages."""
    if origin in ("built-in", "frozen"):
        return True
    library = os.path.dirname(os.__file__)
    return origin.startswith(library + os.sep) or any(
        origin.startswith(path + os.sep)
        for path in sys.path
        if os.path.basename(path) in ("site-packages", "dist-packages", "lib-dynload")
    )


def watched(shown: "Mapping[str, str | None]") -> "list[str]":
    """The folders whose change means that an installed module may be another one now.

    Of folders within each other the innermost: a checkout that holds an environment changes all the time.
    """
    homes = [[path for path in sys.path if origin.startswith(path + os.sep)] for origin in shown.values() if origin]
    return list(dict.fromkeys(max(paths, key=len) for paths in homes if paths))
