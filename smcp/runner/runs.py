"""The runs of one server: waited for from async code, stopped when nobody waits any more."""

from __future__ import annotations

import anyio
import anyio.to_thread

from smcp.runner.call import Call, Outcome
from smcp.runner.cold import Run


class Runs:
    """The runs of one server, so that its end can be theirs."""

    def __init__(self) -> None:
        self._live: set[Run] = set()

    async def run(self, call: Call) -> Outcome:
        """Run a call from async code. Cancelling the caller stops the command and returns when it is gone.

        Raises what `Run.finish` raises.
        """
        one = Run(call)
        self._live.add(one)
        outcome: list[Outcome | OSError | ValueError] = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_stop_when_cancelled, one)
            outcome.append(await anyio.to_thread.run_sync(self._finish, one))
            tasks.cancel_scope.cancel()
        if not isinstance(outcome[0], Outcome):
            raise outcome[0]
        return outcome[0]

    def close(self) -> None:
        """Kill what still runs: asyncio's own cancellation, unlike anyio's, doesn't wait for a command's end."""
        for one in tuple(self._live):
            one.kill()

    def _finish(self, one: Run) -> Outcome | OSError | ValueError:
        # As a value, because a task group would wrap it into an ExceptionGroup.
        try:
            return one.finish()
        except (OSError, ValueError) as error:
            return error
        finally:
            self._live.discard(one)


async def _stop_when_cancelled(one: Run) -> None:
    try:
        await anyio.sleep_forever()
    finally:
        one.stop()
