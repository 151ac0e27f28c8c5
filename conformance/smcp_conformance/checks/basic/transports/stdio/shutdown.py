"""How the process ends: with its input, by SIGTERM, in order, and with nothing left behind."""

from __future__ import annotations

import sys
import time

import psutil

from smcp_conformance.leg import Leg
from smcp_conformance.reply import Pending, brief
from smcp_conformance.requirement import check, not_applicable, not_verified
from smcp_conformance.session import Session
from smcp_conformance.toolbox import start_call
from smcp_conformance.wire.transcript import Frame

EXIT_TIME = 5.0  # seconds at least: "promptly" has no number in the text, and a loaded machine is slow
GLANCE = 0.05
A_MOMENT = 1.0  # seconds for what a server says at its end; reading stops sooner when it ends
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


def exit_time(session: Session) -> float:
    """Seconds that a server gets to end, more where it gets more to answer."""
    return max(EXIT_TIME, 2 * session.reply_timeout)


def leave(session: Session) -> int | None:
    """Close the server's input and wait for its end; returns the exit status, None if it runs on."""
    session.stdio.close_input()
    return ended(session)


def ended(session: Session) -> int | None:
    """Wait for the end of the process while reading what it still writes, lest it waits for us."""
    deadline = time.monotonic() + exit_time(session)
    while (status := session.stdio.process.poll()) is None and time.monotonic() < deadline:
        session.listen(GLANCE)
        session.stdio.process.wait(GLANCE)
    return status


@check("stdio.exit-on-eof", "stdio.exit-on-eof.legacy")
def idle_server_exits_at_the_end_of_its_input(fresh: Session) -> None:
    """Closes standard input after a harmless request; the process should end by itself."""
    fresh.ping()
    assert leave(fresh) is not None, "got a process that still runs long after, must be one that exits"


@check("stdio.exit-on-eof", "stdio.exit-on-eof.legacy")
def busy_server_exits_at_the_end_of_its_input(leg: Leg) -> None:
    """Closes standard input right after requests that nobody waits for; the process should end all the same."""
    calls = leg.calls[:3]
    with leg.fresh() as session:
        for call in calls:
            start_call(session, call.tool, call.arguments)
        session.start(session.ping_method)
        assert leave(session) is not None, "got a process that still runs long after, must be an exit"


def subscribe(session: Session) -> Pending:
    """Open a subscription and wait for its acknowledgment, or out: not applicable."""
    pending = session.start("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    opening = session.listen(session.start_timeout, lambda frame: frame.is_notification or pending.answered_by(frame))
    if not opening or not opening[-1].is_notification:
        not_applicable("the server opens no subscription")
    return pending


@check("stdio.exit-on-eof")
def subscribed_server_exits_at_the_end_of_its_input(fresh: Session) -> None:
    """Closes standard input while a subscription is open; the process should end all the same."""
    subscribe(fresh)
    assert leave(fresh) is not None, "got a process that still runs long after, must be one that exits"


@check("stdio.exit-on-eof", "stdio.exit-on-eof.legacy")
def no_child_outlives_the_server(fresh: Session) -> None:
    """Closes standard input; once the server has ended, none of the processes that it started should be left."""
    fresh.ping()
    if leave(fresh) is None:
        not_verified("the server itself does not end")
    _, left = psutil.wait_procs(fresh.stdio.process.leftovers(), exit_time(fresh))
    assert not left, f"got {len(left)} processes that outlive the server ({brief(str(left[0]))}), must be none"


@check("stdio.exit-on-sigterm")
def sigterm_ends_the_server(fresh: Session) -> None:
    """Sends SIGTERM to a server whose input is open; it should end without SIGKILL."""
    if sys.platform == "win32":
        not_applicable("there is no SIGTERM on Windows")
    fresh.ping()
    fresh.stdio.process.terminate()
    assert ended(fresh) is not None, "got a process that still runs long after SIGTERM, must be an exit"


@check("stdio.no-orphan-output-after-shutdown")
def shutdown_prints_nothing_but_messages(fresh: Session) -> None:
    """Closes standard input and reads stdout to its end; what still comes should be messages."""
    fresh.ping()
    fresh.stdio.close_input()
    late = fresh.listen(exit_time(fresh))
    if not fresh.transport.inbox.ended:
        not_verified("the server does not close its output")
    strange = [frame for frame in late if not frame.is_message]
    assert not strange, f"got {brief(strange[0].text)} at shutdown, must be messages alone"


@check("cancellation.no-further-messages")
def cancelled_subscription_is_silent(fresh: Session) -> None:
    """Cancels an open subscription, waits a moment and closes standard input; nothing more may come for it."""
    pending = subscribe(fresh)
    fresh.notify("notifications/cancelled", {"requestId": pending.id})
    after = [frame for frame in (*fresh.drain(), *fresh.drain()) if pending.answered_by(frame)]
    fresh.stdio.close_input()
    after += [frame for frame in fresh.listen(A_MOMENT) if pending.answered_by(frame) or names(frame, pending.id)]
    assert not after, f"got {brief(after[0].text)} after its cancellation, must be silence"


def names(frame: Frame, id: object) -> bool:
    """Tell whether a notification says that it belongs to the request `id`, or that it ends it."""
    params = frame.message.get("params")
    found = params if frame.is_notification and isinstance(params, dict) else {}
    meta = found.get("_meta")
    return id in (found.get("requestId"), meta.get(SUBSCRIPTION) if isinstance(meta, dict) else None)
