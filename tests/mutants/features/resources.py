"""Resources, templates and subscriptions of the handshake era."""

from __future__ import annotations

import re
from typing import NamedTuple

from mutants import revisions, wire
from mutants.features import pages
from mutants.protocol import Server
from mutants.session import Call, Session
from mutants.wire import Json, RpcError

ANNOTATIONS = {"audience": ["user"], "priority": 0.5, "lastModified": "2026-01-02T03:04:05Z"}
NOTE = re.compile(r"note://fixture/by-topic/([a-z]+)")


class Resource(NamedTuple):
    """A resource: its URI, name and content; bytes are served as a blob."""

    uri: str
    name: str
    content: str | bytes
    mime: str = "text/plain"


CONTENTS = (
    Resource("note://fixture/plain", "plain", "a plain note"),
    Resource("note://fixture/unicode", "unicode", "Grüße, 世界 🌍"),
    Resource("note://fixture/pixel", "pixel", bytes.fromhex("89504e470d0a1a0a"), "application/octet-stream"),
    Resource("note://fixture/board", "board", "nothing written yet"),
    Resource("note://fixture/data", "data", '{"answer": 42}', "application/json"),
    Resource("note://fixture/last", "last", "the last of several pages"),
)


class Resources:
    """The resources of one server. Each method is a seam for faults."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        self.resources = {resource.uri: resource for resource in resources}

    def describe(self, resource: Resource) -> Json:
        """A resource as the list shows it."""
        raw = resource.content.encode() if isinstance(resource.content, str) else resource.content
        more: Json = {"annotations": ANNOTATIONS} if resource.name == "board" else {"size": len(raw)}
        return {"uri": resource.uri, "name": resource.name, "mimeType": resource.mime, **more}

    def listed(self, call: Call) -> Json:
        """Serve resources/list."""
        return pages.page(call, "resources", [self.describe(each) for each in self.resources.values()])

    def templates(self, call: Call) -> Json:
        """Serve resources/templates/list."""
        by_topic = {"uriTemplate": "note://fixture/by-topic/{topic}", "name": "by-topic", "mimeType": "text/plain"}
        return pages.page(call, "resourceTemplates", [by_topic])

    def read(self, call: Call) -> Json:
        """Serve resources/read; raises `RpcError` for what does not exist."""
        resource = self.find(wire.member(call.params, "uri", str))
        if resource is None:
            raise self.not_found(call)
        return {"contents": [self.content(resource)]}

    def find(self, uri: str) -> Resource | None:
        """Look up a URI, listed or made by the template."""
        made = NOTE.fullmatch(uri)
        if made:
            return Resource(uri, made[1], f"a note about {made[1]}")
        return self.resources.get(uri)

    def content(self, resource: Resource) -> Json:
        """What is read: text or blob."""
        item: Json = {"uri": resource.uri, "mimeType": resource.mime}
        if isinstance(resource.content, bytes):
            return {**item, "blob": pages.blob(resource.content)}
        return {**item, "text": resource.content}

    def not_found(self, call: Call) -> RpcError:
        """The error for a URI that is nobody's, in the code of the era."""
        code = wire.INVALID_PARAMS if call.stateless else wire.RESOURCE_NOT_FOUND
        return RpcError(code, "resource not found", {"uri": call.params["uri"]})

    def subscribe(self, call: Call) -> Json:
        """Serve resources/subscribe; raises `RpcError` for what does not exist."""
        uri = wire.member(call.params, "uri", str)
        if self.find(uri) is None:
            raise self.not_found(call)
        call.session.subscribed.add(uri)
        return {}

    def unsubscribe(self, call: Call) -> Json:
        """Serve resources/unsubscribe."""
        call.session.subscribed.discard(wire.member(call.params, "uri", str))
        return {}

    def write(self, server: Server, uri: str, content: str) -> None:
        """Change a resource and tell whoever watches it."""
        self.resources[uri] = self.resources[uri]._replace(content=content)

        def watches(session: Session) -> bool:
            return uri in session.subscribed

        server.broadcast("notifications/resources/updated", {"uri": uri}, watches)
        server.subscriptions.changed(server, "notifications/resources/updated", {"uri": uri})


def install(server: Server) -> None:
    """Offer the resources."""
    server.resources = Resources(CONTENTS)
    server.declare("resources", {"subscribe": True, "listChanged": True})
    server.method("resources/list", lambda call: server.resources.listed(call))
    server.method("resources/templates/list", lambda call: server.resources.templates(call))
    server.method("resources/read", lambda call: server.resources.read(call))
    server.method("resources/subscribe", lambda call: server.resources.subscribe(call), revisions.HANDSHAKE)
    server.method("resources/unsubscribe", lambda call: server.resources.unsubscribe(call), revisions.HANDSHAKE)
