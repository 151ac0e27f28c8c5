"""Prompts, and the completion of their arguments and of the template's."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mutants import revisions, wire
from mutants.features import pages, toolbox
from mutants.protocol import Server
from mutants.session import Call
from mutants.wire import Json, RpcError

TOPICS = ("animals", "art", "astronomy", *(f"topic{number:03}" for number in range(150)))
LANGUAGES = ("english", "french", "german")


class Prompt(NamedTuple):
    """A prompt: its arguments (required or not), the content of its one message, and when it came."""

    name: str
    arguments: dict[str, bool]
    content: Callable[[Json], Json]
    since: str = revisions.ALL[0]


def _told(arguments: Json) -> Json:
    return {"type": "text", "text": f"Tell me about {arguments['topic']} in {arguments.get('language', 'english')}."}


def _note(arguments: Json) -> Json:
    note = {"uri": "note://fixture/plain", "mimeType": "text/plain", "text": "a plain note"}
    return {"type": "resource", "resource": note}


PROMPTS = (
    Prompt("tell", {"topic": True, "language": False}, _told),
    Prompt("greet", {}, lambda arguments: {"type": "text", "text": "Say hello."}),
    Prompt("picture", {}, lambda arguments: {"type": "image", "data": toolbox.PNG, "mimeType": "image/png"}),
    Prompt("note", {}, _note),
    Prompt("bye", {}, lambda arguments: {"type": "text", "text": "Say goodbye."}),
    Prompt(
        "sound", {}, lambda arguments: {"type": "audio", "data": toolbox.WAV, "mimeType": "audio/wav"}, "2025-03-26"
    ),
)


class Prompts:
    """The prompts of one server. Each method is a seam for faults."""

    def __init__(self, prompts: tuple[Prompt, ...]) -> None:
        self.prompts = {prompt.name: prompt for prompt in prompts}

    def describe(self, prompt: Prompt) -> Json:
        """A prompt as the list shows it."""
        arguments = [{"name": name, "required": required} for name, required in prompt.arguments.items()]
        shown: Json = {"name": prompt.name, "description": f"The prompt {prompt.name}."}
        return {**shown, "arguments": arguments} if arguments else shown

    def listed(self, call: Call) -> Json:
        """Serve prompts/list."""
        available = [each for each in self.prompts.values() if each.since <= call.revision]
        return pages.page(call, "prompts", [self.describe(each) for each in available])

    def find(self, name: str) -> Prompt:
        """Look a prompt up; raises `RpcError`."""
        if name not in self.prompts:
            raise RpcError(wire.INVALID_PARAMS, "unknown prompt")
        return self.prompts[name]

    def get(self, call: Call) -> Json:
        """Serve prompts/get; raises `RpcError`."""
        prompt = self.find(wire.member(call.params, "name", str))
        arguments = wire.member(call.params, "arguments", dict, {})
        self.check(prompt, arguments)
        return {"messages": [{"role": "user", "content": prompt.content(arguments)}]}

    def check(self, prompt: Prompt, arguments: Json) -> None:
        """Refuse missing, unknown and non-string arguments; raises `RpcError`."""
        for name, required in prompt.arguments.items():
            wire.member(arguments, name, str, ... if required else "")
        if arguments.keys() - prompt.arguments.keys():
            raise RpcError(wire.INVALID_PARAMS, "unknown argument")


class Completion:
    """The completion of arguments. Each method is a seam for faults."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def complete(self, call: Call) -> Json:
        """Serve completion/complete; raises `RpcError`."""
        reference = wire.member(call.params, "ref", dict)
        argument = wire.member(call.params, "argument", dict)
        wire.member(call.params, "context", dict, {})
        name, value = wire.member(argument, "name", str), wire.member(argument, "value", str)
        self.check(reference)
        known = {"topic": TOPICS, "language": LANGUAGES}.get(name, ())
        return {"completion": self.values([each for each in known if each.startswith(value)])}

    def check(self, reference: Json) -> None:
        """Refuse a reference to nothing; raises `RpcError`."""
        kind = wire.member(reference, "type", str)
        if kind == "ref/prompt":
            self.server.prompts.find(wire.member(reference, "name", str))
        elif kind != "ref/resource":
            raise RpcError(wire.INVALID_PARAMS, "unknown type of reference")
        elif wire.member(reference, "uri", str) not in ("note://fixture/by-topic/{topic}", *self.known_uris()):
            raise RpcError(wire.INVALID_PARAMS, "unknown resource")

    def known_uris(self) -> tuple[str, ...]:
        """The URIs of all resources."""
        return tuple(self.server.resources.resources)

    def values(self, found: list[str]) -> Json:
        """At most a hundred values, and how many there are in all."""
        return {"values": found[:100], "total": len(found), "hasMore": len(found) > 100}


def install(server: Server) -> None:
    """Offer the prompts and completion."""
    server.prompts = Prompts(PROMPTS)
    server.completion = Completion(server)
    server.declare("prompts", {"listChanged": True})
    server.declare("completions", {}, revisions.since("2025-03-26"))
    server.method("prompts/list", lambda call: server.prompts.listed(call))
    server.method("prompts/get", lambda call: server.prompts.get(call))
    server.method("completion/complete", lambda call: server.completion.complete(call))
