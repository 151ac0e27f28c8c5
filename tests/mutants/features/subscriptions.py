"""subscriptions/listen, the stateless era's way to hear of changes."""

from __future__ import annotations

import threading

from mutants import revisions, wire
from mutants.protocol import Server
from mutants.session import Call
from mutants.wire import Json, RpcError

FLAGS = {
    "toolsListChanged": "notifications/tools/list_changed",
    "promptsListChanged": "notifications/prompts/list_changed",
    "resourcesListChanged": "notifications/resources/list_changed",
}


class Subscriptions:
    """The open subscriptions of one server. Each method is a seam for faults."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # nothing comes before an acknowledgment, nothing is missed after it

    def listen(self, call: Call) -> Json:
        """Serve subscriptions/listen: acknowledge, then wait until one side ends it; raises `RpcError`."""
        granted = self.granted(wire.member(call.params, "notifications", dict))
        call.params = {**call.params, "notifications": granted}
        with self.lock:
            call.server.listening.append(call)
            self.notify(call, "notifications/subscriptions/acknowledged", {"notifications": granted})
        try:
            self.wait(call)
        finally:
            call.server.listening.remove(call)
        return {"_meta": {revisions.SUBSCRIPTION_KEY: call.id}}

    def granted(self, asked: Json) -> Json:
        """What of the filter is granted: all that is known and asked for; raises `RpcError`."""
        for flag in FLAGS:
            wire.member(asked, flag, bool, False)
        uris = wire.member(asked, "resourceSubscriptions", list, [])
        if not all(isinstance(uri, str) for uri in uris):
            raise RpcError(wire.INVALID_PARAMS, "resourceSubscriptions must be strings")
        return {name: asked[name] for name in (*FLAGS, "resourceSubscriptions") if asked.get(name)}

    def wait(self, call: Call) -> None:
        """Wait until the server stops; raises `Cancelled` if the client ends it first."""
        while not call.server.stopping.is_set():
            call.pause(0.05)

    def notify(self, call: Call, method: str, params: Json) -> None:
        """Send a notification that says which subscription it belongs to."""
        call.notify(method, {**params, "_meta": {revisions.SUBSCRIPTION_KEY: call.id}})

    def changed(self, server: Server, method: str, params: Json) -> None:
        """Tell the subscriptions that asked for it of a change."""
        with self.lock:
            for call in [each for each in server.listening if self.wants(each, method, params)]:
                self.notify(call, method, params)

    def wants(self, call: Call, method: str, params: Json) -> bool:
        """Tell whether a subscription asked for a notification."""
        asked = call.params["notifications"]
        if "uri" in params:
            return params["uri"] in asked.get("resourceSubscriptions", [])
        return any(asked.get(flag) and method == name for flag, name in FLAGS.items())


def install(server: Server) -> None:
    """Offer subscriptions."""
    server.subscriptions = Subscriptions()
    server.method("subscriptions/listen", lambda call: server.subscriptions.listen(call), revisions.STATELESS)
