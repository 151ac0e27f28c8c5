"""The runs of one server or one test session: cold or warm, waited for from async code or without an event loop."""

from __future__ import annotations

import threading

from smcp.runner.call import Call, Outcome
from smcp.runner.run import Run
from smcp.runner.servers import Servers


class Runs:
    """Runs that end together. `mode` is one of `MODES`; raises `ValueError` for another."""

    def __init__(self, mode: str = "cold") -> None:
        self._live: set[Run] = set()
        self._servers = Servers(mode)

    def prepare(self, call: Call) -> threading.Event:
        """Expect such calls: start their fork server, if the mode has any, without waiting for it.

        What is returned is set when the server is ready, or there will be none.
        """
        return self._servers.prepare(call)

    def finish(self, call: Call) -> Outcome:
        """Run a call and wait for its end, without an event loop. Raises what `Run.finish` raises."""
        return self._finish(self._begun(call))

    async def run(self, call: Call) -> Outcome:
        """Run a call from async code. Cancelling the caller stops the command and returns when it is gone.

        Raises what `Run.finish` raises.
        """
        import anyio.to_thread  # here, because only servers need it: it costs more than the rest of this package

        one = self._begun(call)
        outcome: list[Outcome | OSError | ValueError] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_stop_when_cancelled, one)
            outcome.append(await anyio.to_thread.run_sync(self._judged, one))
            tasks.cancel_scope.cancel()
        if not isinstance(outcome[0], Outcome):
            raise outcome[0]
        return outcome[0]

    def close(self) -> None:
        """Kill what still runs: asyncio's own cancellation, unlike anyio's, doesn't wait for a command's end."""
        for one in tuple(self._live):
            one.kill()
        self._servers.close()

    def _begun(self, call: Call) -> Run:
        one = Run(call, self._servers.start)
        self._live.add(one)
        return one

    def _finish(self, one: Run) -> Outcome:
        try:
            return one.finish()
        finally:
            self._live.discard(one)

    def _judged(self, one: Run) -> Outcome | OSError | ValueError:
        # As a value, because a task group would wrap it into an ExceptionGroup.
        try:
            return self._finish(one)
        except (OSError, ValueError) as error:
            return error


async def _stop_when_cancelled(one: Run) -> None:
    import anyio

    try:
        await anyio.sleep_forever()
    finally:
        one.stop()
