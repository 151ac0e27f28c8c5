"""The response to a batch: one array of answers, on an event stream if notifications come with them.

JSON alone has no place for notifications, such as those about progress. The stream is opened by the first one, so that
it comes in time, and ends with the array. (MCP 2025-03-26, "Sending Messages to the Server".)
"""

from __future__ import annotations

from typing import Any

from smcp.envelope import encode, parse
from smcp.web import asgi
from smcp.web.asgi import Header, Message, Send

_EVENTS: tuple[Header, ...] = ((b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache, no-transform"))


class Reply:
    """The response to one batch, through the connection's `send`. `begun` when a part of it is sent."""

    def __init__(self, send: Send) -> None:
        self.begun = False
        self._send = send
        self._answers: list[Any] = []

    async def take(self, message: Any) -> None:
        """Take one message for the client: answers are kept for the array."""
        if "id" in message or "error" in message:
            self._answers.append(message)
            return
        if not self.begun:
            self.begun = True
            await self._send({"type": "http.response.start", "status": 200, "headers": _EVENTS})
        await self._event(message, more=True)

    async def finish(self) -> None:
        """Send what is left to say."""
        if not self.begun:
            await asgi.answer(self._send, 200 if self._answers else 202, self._answers or None)
        elif self._answers:
            await self._event(self._answers, more=False)
        else:
            await self._send({"type": "http.response.body", "body": b""})

    async def _event(self, content: Any, more: bool) -> None:
        event = b"event: message\ndata: %s\n\n" % encode(content)
        await self._send({"type": "http.response.body", "body": event, "more_body": more})


class Collector:
    """A send for the response to one message of a batch: what it says goes into the batch's reply."""

    def __init__(self, reply: Reply) -> None:
        self.status = 0
        self._reply = reply
        self._rest = b""

    async def __call__(self, part: Message) -> None:
        """Take one part of the response."""
        if part["type"] == "http.response.start":
            self.status = part["status"]
            return
        *lines, self._rest = (self._rest + part.get("body", b"")).split(b"\n")
        for line in lines:
            data = line.removeprefix(b"data:").strip()
            if data and line.startswith(b"data:"):
                await self._reply.take(parse(data))

    def whole(self) -> Any:
        """Return the message of a response that is no event stream, None if there is none."""
        return parse(self._rest) if self._rest.startswith(b"{") else None
