"""Progress: told to those who asked, increasing, and never after the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from smcp_clients import META, Pipe, Web, call, messages

from smcp import progress


class Request:
    """A request's context and session in one: it remembers what it is told."""

    def __init__(self, token: Any = None) -> None:
        self.meta = None if token is None else {"progress_token": token}
        self.session = self
        self.told: list[float] = []
        self.more = asyncio.Event()

    async def report_progress(self, value: float, total: float | None = None) -> None:
        """Take a report; the fourth finds that the client has gone."""
        self.total = total
        if len(self.told) == 3:
            self.more.set()
            raise anyio.BrokenResourceError
        self.told.append(value)


def test_reports_go_on_while_the_block_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """0 at once, then the seconds that have passed; a client that has gone ends them in silence."""
    monkeypatch.setattr(progress, "PULSE", 0.002)

    async def told() -> list[float]:
        request: Any = Request(0)
        async with progress.reported(request):
            assert request.told == [0]
            await asyncio.wait_for(request.more.wait(), 60)
        reports: list[float] = request.told
        return reports

    reports = asyncio.run(told())
    assert reports == sorted(set(reports))
    assert len(reports) == 3


def test_a_block_that_ends_by_an_exception_has_no_total() -> None:
    """It isn't done, and there may be nobody to tell."""

    async def told() -> list[float]:
        request: Any = Request("t")
        with pytest.raises(ValueError, match="broken"):
            async with progress.reported(request):
                raise ValueError("broken")
        reports: list[float] = request.told
        return reports

    assert asyncio.run(told()) == [0]


def test_the_time_it_took_is_never_what_was_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short it was, and however coarse the clock."""
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: 7.0))

    async def told() -> list[float]:
        request: Any = Request("t")
        async with progress.reported(request):
            pass
        assert request.total == request.told[-1]
        reports: list[float] = request.told
        return reports

    assert asyncio.run(told()) == [0, 1e-6]


def test_without_a_token_nothing_is_reported() -> None:
    """Not even the beginning."""

    async def told() -> list[float]:
        request: Any = Request()
        async with progress.reported(request):
            await asyncio.sleep(0)
        reports: list[float] = request.told
        return reports

    assert asyncio.run(told()) == []


@pytest.mark.parametrize("token", ["t", 7, 0])
def test_a_call_over_stdio_reports_before_its_answer(handshake: Pipe, token: Any) -> None:
    """With the token in value and type, the total in the end; the next call, without one, hears nothing."""
    begun = handshake.ask(call(1, "demo_text__echo", {"message": "x"}, _meta={"progressToken": token}))
    assert begun == {
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": token, "progress": 0},
    }
    over = handshake.read()["params"]
    assert over == {"progressToken": token, "progress": over["total"], "total": over["total"]}
    assert over["total"] > 0
    assert handshake.read()["id"] == 1
    assert handshake.ask(call(2, "demo_text__echo", {"message": "x"}))["id"] == 2


def test_a_call_over_http_reports_on_its_own_stream(web: Web) -> None:
    """In both eras; without a token the stateless era answers as plain JSON."""
    arguments = {"message": "x"}
    session = web.open()
    told = messages(web.post(call(1, "demo_text__echo", arguments, _meta={"progressToken": "a"}), session))
    assert [one.get("method", one.get("id")) for one in told] == ["notifications/progress", "notifications/progress", 1]
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "demo_text__echo"}
    answer = web.post(call(2, "demo_text__echo", arguments, _meta={**META, "progressToken": "b"}), headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [one.get("params", {}).get("progressToken") for one in messages(answer)] == ["b", "b", None]
    plain = web.post(call(3, "demo_text__echo", arguments, _meta=META), headers)
    assert json.loads(plain.content)["id"] == 3


def test_concurrent_calls_report_with_their_own_tokens(start: Callable[..., Pipe]) -> None:
    """Each token comes before the answer to its own call."""
    pipe = start().listen().open("2025-11-25")
    pipe.send(*(call(number, "odd__argv", {"text": "x"}, _meta={"progressToken": f"t{number}"}) for number in range(4)))
    seen = [pipe.read() for _ in range(12)]
    for number in range(4):
        [begun, over] = [
            at for at, one in enumerate(seen) if one.get("params", {}).get("progressToken") == f"t{number}"
        ]
        [ended] = [at for at, one in enumerate(seen) if one.get("id") == number]
        assert begun < over < ended
