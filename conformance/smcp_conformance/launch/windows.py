"""Job objects on Windows: every process in a job dies when the job is closed, also when we die ourselves.

Written after Microsoft's documentation and not tried yet: the project has had no Windows machine so far.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from ctypes import wintypes

assert sys.platform == "win32"

START_NEW_SESSION = False
CREATION_FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP

_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMIT_INFORMATION = 9
_SET_QUOTA_AND_TERMINATE = 0x0100 | 0x0001


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", wintypes.DWORD),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", wintypes.DWORD),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", wintypes.DWORD),
        ("SchedulingClass", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


def _kernel() -> ctypes.WinDLL:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    return kernel


class ProcessGroup:
    """A job object that holds a process and, from then on, what it starts."""

    def __init__(self, pid: int, marker: str) -> None:
        self.pid = pid
        self._kernel = _kernel()
        self._job = self._kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _KILL_ON_JOB_CLOSE
        self._kernel.SetInformationJobObject(
            self._job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        process = self._kernel.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid)
        self._kernel.AssignProcessToJobObject(self._job, process)
        self._kernel.CloseHandle(process)

    def terminate(self) -> None:
        """Send CTRL+BREAK, the nearest thing to SIGTERM, to the console group."""
        with contextlib.suppress(OSError):  # it has gone, or has no console
            os.kill(self.pid, signal.CTRL_BREAK_EVENT)

    def kill(self) -> None:
        """End every process in the job."""
        if self._job:
            self._kernel.TerminateJobObject(self._job, 1)

    def reaped(self) -> None:
        """Note that the leader has ended; a job doesn't mind."""

    def release(self) -> None:
        """Close the job."""
        if self._job:
            self._kernel.CloseHandle(self._job)
            self._job = None


def end_guard() -> None:
    """Do nothing: the system closes our jobs when we end."""
