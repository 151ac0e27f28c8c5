"""Tasks of 2025-11-25: a tool call that is answered at once by a task, whose result is fetched later."""

from __future__ import annotations

import os
import threading
import time
from typing import NamedTuple

from mutants import wire
from mutants.features import pages
from mutants.protocol import Server
from mutants.session import Call
from mutants.wire import Cancelled, Json, RpcError

ONLY = ("2025-11-25",)
RELATED = "io.modelcontextprotocol/related-task"


class Task(NamedTuple):
    """A task: what is said of it (changed in place), the call that does the work, and an event for its end."""

    state: Json
    call: Call
    ended: threading.Event
    outcome: list[Json]


def now() -> str:
    """The time, as the protocol writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Tasks:
    """The tasks of one server. Each method is a seam for faults."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.tasks: dict[str, Task] = {}

    def start(self, call: Call) -> Json:
        """Begin a task for a tool call; raises `RpcError` if the tool does not support it."""
        ttl = wire.member(wire.member(call.params, "task", dict), "ttl", (int, float), None)
        tool = self.server.tools.find(wire.member(call.params, "name", str), call.revision)
        if tool.definition.get("execution", {}).get("taskSupport", "forbidden") == "forbidden":
            raise RpcError(wire.METHOD_NOT_FOUND, "the tool does not support tasks")
        id_ = os.urandom(16).hex()
        state: Json = {"taskId": id_, "status": "working", "createdAt": now(), "lastUpdatedAt": now()}
        self.tasks[id_] = Task({**state, "ttl": ttl, "pollInterval": 50}, call, threading.Event(), [])
        threading.Thread(target=self.work, args=(self.tasks[id_],), daemon=True).start()
        return {"task": dict(self.tasks[id_].state)}

    def work(self, task: Task) -> None:
        """Do the work of a task and keep its outcome."""
        task.call.params = {name: value for name, value in task.call.params.items() if name != "task"}
        task.call.meta, task.call.send = {}, task.call.session.send  # the request that began it is over
        try:
            task.outcome.append(self.server.tools.call(task.call))
            failed = task.outcome[0].get("isError", False)
            task.state["status"] = "failed" if failed else "completed"
        except (Cancelled, RpcError):
            task.state["status"] = "cancelled" if task.call.cancelled.is_set() else "failed"
        task.state["lastUpdatedAt"] = now()
        task.ended.set()

    def find(self, call: Call) -> Task:
        """The task that a request names; raises `RpcError`."""
        id_ = wire.member(call.params, "taskId", str)
        task = self.tasks.get(id_)
        if task is None or task.call.session is not call.session:
            raise RpcError(wire.INVALID_PARAMS, "unknown task")
        return task

    def get(self, call: Call) -> Json:
        """Serve tasks/get."""
        return dict(self.find(call).state)

    def result(self, call: Call) -> Json:
        """Serve tasks/result: wait for the end; raises `RpcError` if there is no result."""
        task = self.find(call)
        while not task.ended.is_set():
            call.pause(0.02)
        if not task.outcome:
            raise RpcError(wire.INVALID_PARAMS, "the task has no result")
        return {**task.outcome[0], "_meta": {RELATED: {"taskId": task.state["taskId"]}}}

    def listed(self, call: Call) -> Json:
        """Serve tasks/list."""
        own = [task.state for task in self.tasks.values() if task.call.session is call.session]
        return pages.page(call, "tasks", [dict(state) for state in own])

    def cancel(self, call: Call) -> Json:
        """Serve tasks/cancel; raises `RpcError` if the task has ended."""
        task = self.find(call)
        if task.ended.is_set():
            raise RpcError(wire.INVALID_PARAMS, "the task has ended")
        task.call.cancelled.set()
        task.ended.wait()
        return dict(task.state)


def install(server: Server) -> None:
    """Offer tasks."""
    server.tasks = Tasks(server)
    server.declare("tasks", {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}, ONLY)
    server.method("tasks/get", lambda call: server.tasks.get(call), ONLY)
    server.method("tasks/result", lambda call: server.tasks.result(call), ONLY)
    server.method("tasks/cancel", lambda call: server.tasks.cancel(call), ONLY)
    server.method("tasks/list", lambda call: server.tasks.listed(call), ONLY)
    call_tool = server.methods["tools/call"].serve

    def call(request: Call) -> Json:
        augmented = request.revision in ONLY and "task" in request.params
        return server.tasks.start(request) if augmented else call_tool(request)

    server.method("tools/call", call)
