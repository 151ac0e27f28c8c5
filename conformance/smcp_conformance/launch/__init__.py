"""From a target to a running process, and from a running process to none at all.

`resolve` decides what each word of a command means, `start` makes the process in a group of its own,
`wait_until_listening` waits for an HTTP server, `ServerProcess.stop` and `stop_all` leave nothing behind, and
`explain_start_failure` tells the user what happened when there is no server in the end.
"""

from smcp_conformance.launch.explain import explain_start_failure
from smcp_conformance.launch.failure import (
    StartError,
    answered_amiss,
    ending,
    exited,
    never_answered,
    never_listened,
    port_taken,
    printed_to_stdout,
    stdout_closed,
)
from smcp_conformance.launch.ports import free_port, release_port
from smcp_conformance.launch.process import GRACE, ServerProcess, start, stop_all
from smcp_conformance.launch.readiness import wait_until_listening
from smcp_conformance.launch.resolve import Resolved, resolve

__all__ = [
    "GRACE",
    "Resolved",
    "ServerProcess",
    "StartError",
    "answered_amiss",
    "ending",
    "exited",
    "explain_start_failure",
    "free_port",
    "never_answered",
    "never_listened",
    "port_taken",
    "printed_to_stdout",
    "release_port",
    "resolve",
    "start",
    "stdout_closed",
    "stop_all",
    "wait_until_listening",
]
