"""The words of a command line as the operating system takes them: checked the same, however a command is started."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

LONGEST = 128 * 1024 - 1
"""Bytes of one argument that Linux takes (MAX_ARG_STRLEN, without the NUL at its end)."""


def encoded(argv: Sequence[str]) -> list[bytes]:
    """Encode the words for the operating system.

    Raises `ValueError` for a NUL or a character that the file system's encoding can't write (a lone surrogate that
    stands for no byte), `OSError` with `E2BIG` for a word longer than `LONGEST` bytes on Linux.
    """
    words = [os.fsencode(word) for word in argv]
    for word in words:
        if b"\0" in word:
            raise ValueError("embedded null byte")
        if len(word) > LONGEST and sys.platform == "linux":
            raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))
    return words
