"""The seam between the operating systems: how a process and its relatives are signalled together.

Both sides offer `START_NEW_SESSION` and `CREATION_FLAGS` (for `subprocess.Popen`), `ProcessGroup` and `end_guard`.
"""

import sys

if sys.platform == "win32":
    from smcp_conformance.launch.windows import CREATION_FLAGS, START_NEW_SESSION, ProcessGroup, end_guard
else:
    from smcp_conformance.launch.posix import CREATION_FLAGS, START_NEW_SESSION, ProcessGroup, end_guard

__all__ = ["CREATION_FLAGS", "START_NEW_SESSION", "ProcessGroup", "end_guard"]
