"""The server behind every transport: it reads a message, decides the era, serves it, and shapes the answer.

Each method is a seam: a fault replaces exactly one of them (see `mutants.faults`).
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from mutants import revisions, wire
from mutants.session import LEVELS, Call, Send, Session, key
from mutants.wire import Cancelled, Json, RpcError

if TYPE_CHECKING:
    from mutants.features.asking import Asking
    from mutants.features.prompts import Completion, Prompts
    from mutants.features.resources import Resources
    from mutants.features.subscriptions import Subscriptions
    from mutants.features.tasks import Tasks
    from mutants.features.tools import Tools

Serve = Callable[[Call], Json]
CACHED = {
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
}


class Method(NamedTuple):
    """A request method: what serves it, and in which revisions it exists."""

    serve: Serve
    revisions: tuple[str, ...]


class Capability(NamedTuple):
    """A declared capability: its settings, and in which revisions it exists."""

    settings: Json
    revisions: tuple[str, ...]


class Server:
    """A conforming MCP server over any transport, in the `revisions` it is told to speak."""

    def __init__(self, spoken: tuple[str, ...]) -> None:
        self.handshake = tuple(revision for revision in spoken if revision in revisions.HANDSHAKE)
        self.stateless = tuple(revision for revision in spoken if revision in revisions.STATELESS)
        self.info: Json = {"name": "fixture-server", "version": "1.0.0"}
        self.instructions = "A server for testing testers."
        self.methods: dict[str, Method] = {}
        self.notifications: dict[str, Callable[[Session, Json], None]] = {}
        self.declared: dict[str, Capability] = {}
        self.sessions: list[Session] = []
        self.stopping = threading.Event()
        self.listening: list[Call] = []
        self.page_size = 4
        self.tools: Tools
        self.resources: Resources
        self.prompts: Prompts
        self.completion: Completion
        self.subscriptions: Subscriptions
        self.asking: Asking
        self.tasks: Tasks

    # What features add.

    def method(self, name: str, serve: Serve, served_in: tuple[str, ...] = revisions.ALL) -> None:
        """Serve requests named `name` in the given revisions."""
        self.methods[name] = Method(serve, served_in)

    def declare(self, name: str, settings: Json, declared_in: tuple[str, ...] = revisions.ALL) -> None:
        """Declare a capability in the given revisions."""
        self.declared[name] = Capability(settings, declared_in)

    def capabilities(self, revision: str) -> Json:
        """What the server declares in `revision`."""
        return {name: item.settings for name, item in self.declared.items() if revision in item.revisions}

    # Reading.

    def decode(self, data: bytes) -> Any:
        """Parse what came in; raises `RpcError`."""
        return wire.decode(data)

    def kind(self, message: Any) -> str:
        """Classify as "request", "notification" or "response"; raises `RpcError` if it is none."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not wire.encodable(message):
            raise RpcError(wire.INVALID_REQUEST, "not a JSON-RPC 2.0 message")
        if "id" in message and not wire.is_id(message["id"]):
            raise RpcError(wire.INVALID_REQUEST, "id must be a string or an integer")
        if isinstance(message.get("method"), str):
            return "request" if "id" in message else "notification"
        if "id" in message and "method" not in message and ("result" in message) != ("error" in message):
            return "response"
        raise RpcError(wire.INVALID_REQUEST, "method must be a string")

    def batches(self, session: Session) -> bool:
        """Tell whether arrays of messages are legal input from this peer."""
        return session.revision == "2025-03-26"

    # Serving.

    def receive(self, session: Session, message: Any, send: Send) -> None:
        """Serve one message of any kind and deliver its answer, if it earns one (not over Streamable HTTP)."""
        try:
            kind = self.kind(message)
        except RpcError as error:
            self.deliver(send, self.failure(message, error))
            return
        if kind == "request":
            self.reply(session, message, send)
        else:
            self.take(session, kind, message)

    def batch(self, session: Session, messages: list[Any], send: Send) -> list[Json]:
        """Serve a batch (2025-03-26): the responses to its requests; an empty batch is one invalid request."""
        replies: list[Json] = []
        for message in messages or [None]:
            if isinstance(message, dict) and message.get("method") == "initialize":
                message = {"id": message.get("id")}  # a handshake is never part of a batch
            self.receive(session, message, replies.append)
        return replies

    def reply(self, session: Session, message: Json, send: Send) -> None:
        """Serve a request and deliver its response."""
        self.respond(self.answer(session, message, send), send)

    def respond(self, response: Json | None, send: Send) -> None:
        """Deliver a response, if there is one."""
        if response is not None:
            self.deliver(send, response)

    def take(self, session: Session, kind: str, message: Json) -> None:
        """Consume a notification or a response: nothing is ever answered."""
        if kind == "response":
            self.answered(session, message)
        else:
            self.notified(session, message["method"], message.get("params", {}))

    def notified(self, session: Session, method: str, params: Any) -> None:
        """Act on a notification; unknown and malformed ones are ignored."""
        act = self.notifications.get(method)
        if act is not None and isinstance(params, dict):
            act(session, params)

    def answered(self, session: Session, message: Json) -> None:
        """Hand a client's response to the call that waits for it; unknown ids are ignored."""
        answers = session.asked.pop(key(message["id"]), None)
        if answers is not None:
            answers.put(message)

    def answer(self, session: Session, message: Json, send: Send) -> Json | None:
        """Serve one request: its response, or None if there is to be none."""
        return self.answering(session, message, send)()

    def answering(self, session: Session, message: Json, send: Send) -> Callable[[], Json | None]:
        """Take in one request, so that it can be cancelled from now on; calling what is returned serves it."""
        try:
            call = self.open(session, message, send)
        except RpcError as error:
            refusal = self.failure(message, error)
            return lambda: refusal
        session.calls[key(call.id)] = call
        return lambda: self.served(call, message)

    def served(self, call: Call, message: Json) -> Json | None:
        """Serve a request that was taken in."""
        try:
            return self.serve(call)
        except RpcError as error:
            return self.failure(message, error)
        except Cancelled:
            return None
        except Exception:  # a fault of ours must reach the peer as an internal error, not as silence
            traceback.print_exc()
            return self.failure(message, RpcError(wire.INTERNAL_ERROR, "internal error"))
        finally:
            call.session.calls.pop(key(call.id), None)

    def open(self, session: Session, message: Json, send: Send) -> Call:
        """Check everything about a request that does not depend on its method."""
        if not isinstance(message.get("params", {}), dict):
            raise RpcError(wire.INVALID_PARAMS, "params must be an object")
        call = Call(self, session, message, send)
        wire.member(call.params, "_meta", dict, {})
        call.revision = self.revision(call)
        self.check_token(call)
        return call

    def revision(self, call: Call) -> str:
        """Decide the era, and with it the revision that rules this request; raises `RpcError`."""
        if self.is_stateless(call):
            return self.check_meta(call)
        if call.session.revision is not None:
            return call.session.revision
        if not self.handshake:
            raise self.unsupported(wire.member(call.params, "protocolVersion", str))
        if call.method not in ("initialize", "ping"):
            raise self.out_of_order(call.method)
        return self.handshake[-1]

    def out_of_order(self, method: str) -> RpcError:
        """The error for a request that precedes the handshake."""
        if method in self.methods and set(self.methods[method].revisions) & set(self.handshake):
            return RpcError(wire.INVALID_REQUEST, "initialize comes first")
        return RpcError(wire.METHOD_NOT_FOUND, "method not found")

    def is_stateless(self, call: Call) -> bool:
        """Tell whether a request is to be read by the rules of the stateless era."""
        if not self.stateless or revisions.VERSION_KEY in call.meta:
            return bool(self.stateless)
        if call.method == "initialize":
            return False
        return not self.handshake or (call.session.revision is None and call.method != "ping")

    def check_meta(self, call: Call) -> str:
        """Check the metadata that each stateless request carries and return its revision; raises `RpcError`."""
        version = wire.member(call.meta, revisions.VERSION_KEY, str)
        wire.member(call.meta, revisions.CAPABILITIES_KEY, dict)
        wire.member(call.meta, revisions.CLIENT_KEY, dict, {})
        if version not in self.stateless:
            raise self.unsupported(version)
        if call.meta.get(revisions.LEVEL_KEY, "debug") not in LEVELS:
            raise RpcError(wire.INVALID_PARAMS, "unknown log level")
        return str(version)

    def unsupported(self, requested: str) -> RpcError:
        """The error for a revision that is not spoken."""
        data = {"supported": list(self.stateless), "requested": requested}
        return RpcError(wire.UNSUPPORTED_VERSION, "unsupported protocol version", data)

    def check_token(self, call: Call) -> None:
        """Refuse a progress token that is neither string nor integer."""
        if not wire.is_id(call.meta.get("progressToken", "")):
            raise RpcError(wire.INVALID_PARAMS, "progressToken must be a string or an integer")

    def serve(self, call: Call) -> Json | None:
        """Run the method and envelope its result; raises `RpcError` or `Cancelled`."""
        result = self.find(call).serve(call)
        if call.cancelled.is_set():
            return None
        return {"jsonrpc": "2.0", "id": call.id, "result": self.finish(call, result)}

    def find(self, call: Call) -> Method:
        """Look the method up; raises `RpcError` if it does not exist in the call's revision."""
        method = self.methods.get(call.method)
        if method is None or call.revision not in method.revisions:
            raise RpcError(wire.METHOD_NOT_FOUND, "method not found")
        return method

    def finish(self, call: Call, result: Json) -> Json:
        """Add what every result of the stateless era carries."""
        if not call.stateless:
            return result
        result = {"resultType": "complete", **result}
        if call.method in CACHED and result["resultType"] == "complete":
            result = {"ttlMs": 60_000, "cacheScope": "public", **result}
        return {**result, "_meta": {**result.get("_meta", {}), revisions.SERVER_KEY: self.info}}

    # Writing.

    def failure(self, message: Any, error: RpcError) -> Json:
        """The error response to `message`."""
        return wire.failure(message.get("id") if isinstance(message, dict) else None, error)

    def deliver(self, send: Send, message: Any) -> None:
        """Hand one message (or the array of a batch's responses) to a transport."""
        send(message)

    def encode(self, message: object) -> bytes:
        """Serialize what goes out."""
        return wire.encode(message)

    def broadcast(self, method: str, params: Json, wanted: Callable[[Session], bool]) -> None:
        """Send a notification that belongs to no request to all handshake sessions that want it."""
        for session in list(self.sessions):
            if session.ready and not session.closed and wanted(session):
                self.deliver(session.send, {"jsonrpc": "2.0", "method": method, "params": params})
