"""Servers that pour out messages nobody asked for: each is allowed, all of them would take a leg's checks minutes."""

from __future__ import annotations

from smcp_conformance.wire.transcript import Conversation

MOST = 64 * 2**20  # bytes, as `Frame.weight` counts them: about 60,000 short notifications


class Torrent:
    """What came unasked on one leg, over all of its conversations, each of which counts once."""

    def __init__(self) -> None:
        self._over = 0
        self._running: list[Conversation] = []

    def follow(self, conversation: Conversation) -> None:
        """Count what comes in a conversation from now on."""
        self._running.append(conversation)

    def settle(self, conversation: Conversation) -> None:
        """Note what came in a conversation that is over; nothing of it is kept but a number."""
        self._running = [other for other in self._running if other is not conversation]
        self._over += conversation.unasked

    @property
    def weight(self) -> int:
        """All that came, in bytes."""
        return self._over + sum(conversation.unasked for conversation in self._running)

    @property
    def reason(self) -> str:
        """Why there is no use in going on; "" as long as there is."""
        if self.weight <= MOST:
            return ""
        return f"given up: more than {MOST // 2**20} MiB of messages came on this leg that nobody had asked for"
