"""Hypothesis strategies for the protocol's own members. Each takes the probe and yields plain JSON values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.checks.server.prompts.getting import parameters
from smcp_conformance.checks.server.resources.refusing import WEB
from smcp_conformance.checks.server.utilities.completion import of_prompts, of_templates
from smcp_conformance.checks.server.utilities.logging import LEVELS
from smcp_conformance.generate.text import Shape, texts
from smcp_conformance.lists import list_methods
from smcp_conformance.requirement import not_applicable, not_verified
from smcp_conformance.revisions import REVISIONS
from smcp_conformance.uri_template import variables

if TYPE_CHECKING:
    from smcp_conformance.search.protocol.probe import Probe

Values = SearchStrategy[Any]
ORDINARY = ("1", "a", "conformance", "\0")
SAFE = 2**53 - 1  # beyond it JavaScript can't tell integers apart
MOST = 10  # templates that are filled with ordinary texts
EDGES = (0, -1, 2**31, -(2**31), 2**32, SAFE, -SAFE)
NAME = 200  # characters of a name at most, for it travels in a header, too
DATES = st.dates().map(str)
NUMERIC = re.compile(r"\s*[-+]?[\d_.]+\s*\Z")
WORD = r"[A-Za-z]([A-Za-z0-9-]{0,6}[A-Za-z0-9])?"
NAMES = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?"
DEFINED = {"progressToken", "traceparent", "tracestate", "baggage"}
WORLDLY = re.compile(r"ur[li]|link|href|host|domain|site|mail|address", re.IGNORECASE)
OWNERS = {"modelcontextprotocol", "mcp"}


@cache
def text(least: int = 0, most: float = inf) -> SearchStrategy[str]:
    """Texts of that many characters, odd ones above all."""
    found = texts(Shape(least, most, (), None))
    assert found is not None
    return found


def header_texts() -> SearchStrategy[str]:
    """What fits into a header as it is: visible ASCII."""
    return st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


def ids(probe: Probe) -> Values:
    """Ids of requests: integers that every language can hold, and strings."""
    return st.integers(-SAFE, SAFE) | st.sampled_from(EDGES) | text()


def tokens(probe: Probe) -> Values:
    """Progress tokens: what ids are made of."""
    return ids(probe)


def unknown_versions(probe: Probe) -> Values:
    """Versions that never were: other days, known ones with something to them, and any text."""
    near = st.tuples(st.sampled_from(REVISIONS), st.sampled_from((" ", "-draft", "Z", "0", "T00:00", "\n"))).map(
        "".join
    )
    return (DATES | near | text(0, NAME)).filter(lambda version: version not in REVISIONS)


def unknown_version_headers(probe: Probe) -> Values:
    """The same, as far as they fit into a header."""
    near = st.tuples(st.sampled_from(REVISIONS), st.sampled_from(("-draft", "Z", "0", "T00:00"))).map("".join)
    return (DATES | near | header_texts()).filter(lambda version: version not in REVISIONS)


def session_ids(probe: Probe) -> Values:
    """Session ids that a server never gave: visible ASCII; or out, if it gives none."""
    if probe.own.http.session_id is None:
        not_applicable("the server gives no session ids")
    return header_texts() | st.uuids().map(str) | st.uuids().map(lambda each: each.hex)


def accepts(probe: Probe) -> Values:
    """Accept headers that list both types, in any order, with weights, and with other types beside them."""
    weights = st.sampled_from(("", ";q=1", ";q=0.5", "; q=0.9"))
    json_type = st.tuples(st.just("application/json"), weights).map("".join)
    stream = st.tuples(st.just("text/event-stream"), weights).map("".join)
    others = st.lists(st.sampled_from(("*/*;q=0.1", "text/html", "application/*;q=0.2", "image/png")), max_size=2)
    listed = st.tuples(json_type, stream, others).flatmap(lambda each: st.permutations([each[0], each[1], *each[2]]))
    return st.tuples(listed, st.sampled_from((", ", ",", " , "))).map(lambda each: each[1].join(each[0]))


def origins(probe: Probe) -> Values:
    """Origins of web pages elsewhere, such as look like the server's own among them."""
    own = st.sampled_from(("localhost", "127.0.0.1"))
    host = st.from_regex(r"\A[a-z]{1,8}\.(example|test)\Z", fullmatch=True)
    near = st.one_of(
        st.tuples(own, st.just("."), host).map("".join),
        st.tuples(own, st.just("-"), host).map("".join),
        st.tuples(host, st.just(".127.0.0.1.example")).map("".join),
    )
    port = st.sampled_from(("", ":80", ":3000", ":8080"))
    return st.tuples(st.sampled_from(("http://", "https://")), host | near, port).map("".join)


def other_methods(probe: Probe) -> Values:
    """What Mcp-Method may not say of a harmless request."""
    usual = probe.session.ping_method
    near = st.sampled_from((f"{usual}x", usual[:-1], usual.title(), "tools/call", "resources/read", "initialize"))
    return (near | header_texts()).filter(lambda method: method != usual)


def unknown_methods(probe: Probe) -> Values:
    """Methods that no revision knows: over HTTP such as a header can carry."""
    stems = ("tools", "tools/", "prompts/list/", "ping/", "server", "Tools/List", "resources", "rpc.x")
    near = st.tuples(st.sampled_from(stems), st.from_regex(r"\A[A-Za-z]{0,5}\Z", fullmatch=True)).map("".join)
    any_text = header_texts() if probe.offer.transport == "http" else text(0, NAME)
    unknown = "conformance-none/".__add__
    return near.map(lambda method: f"{method}.conformance") | any_text.map(unknown)


def cursors(probe: Probe) -> Values:
    """Cursors that were never given out; numbers are left out, for they may well be some. Out, if there is no list."""
    if not list_methods(probe.offer):
        not_applicable("no list is declared")
    return text(1, 2000).filter(lambda cursor: not NUMERIC.match(cursor))


def meta_members(probe: Probe) -> Values:
    """Members of `_meta` as anybody may add them: a legal key, reserved for nobody, with any value."""
    prefix = st.just("") | st.from_regex(rf"\A({WORD}\.){{0,3}}{WORD}/\Z", fullmatch=True)
    name = st.from_regex(rf"\A{NAMES}\Z", fullmatch=True)
    keys = st.tuples(prefix, name).map("".join).filter(_free)
    return st.dictionaries(keys, json_values(), min_size=1, max_size=3)


def reserved_members(probe: Probe) -> Values:
    """Members of `_meta` under MCP's own prefix that no revision defines."""
    name = st.from_regex(r"\Aconformance[A-Za-z0-9._-]{0,8}[a-z]\Z", fullmatch=True)
    return st.dictionaries(name.map("io.modelcontextprotocol/".__add__), json_values(), min_size=1, max_size=2)


def json_values() -> Values:
    """Small JSON values of every kind."""
    scalars = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | text(0, NAME)
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text(0, 20), inner, max_size=3),
        max_leaves=5,
    )


def unknown_tools(probe: Probe) -> Values:
    """Names that no listed tool has, nor could be an alias of one."""
    return _unlisted(probe.tool_names)


def unknown_prompts(probe: Probe) -> Values:
    """Names that no listed prompt has."""
    return _unlisted([each["name"] for each in probe.prompts])


def absent_uris(probe: Probe) -> Values:
    """URIs of a scheme that nobody has registered, or out: not applicable."""
    if any(template.startswith("{") for template in probe.templates):
        not_applicable("a template matches every URI")
    rest = text(0, 60).map(_quoted)
    made = st.tuples(st.sampled_from(("conformance:", "conformance://", "x-conformance:///")), rest)
    return made.map("".join)


def reporting_tokens(probe: Probe) -> Values:
    """Tokens for a call of a tool that reports progress, or out: not verified."""
    if probe.reporting is None:
        not_verified("no tool that may be called, and is answered soon, reports progress")
    return tokens(probe)


def unknown_levels(probe: Probe) -> Values:
    """Texts that are no log level, such as almost are one among them."""
    near = st.sampled_from(LEVELS).flatmap(lambda level: st.sampled_from((level.upper(), f"{level} ", level[:-1])))
    return (near | text(0, NAME)).filter(lambda level: level not in LEVELS)


def prompt_arguments(probe: Probe) -> Values:
    """A prompt with texts for its arguments, or out: not applicable, or not verified."""
    found = [each for each in probe.prompts if parameters(each)] or not_applicable("no prompt takes arguments")
    quiet = [each for each in found if not any(WORLDLY.search(name) for name in parameters(each))]
    if not quiet:
        not_verified("each prompt takes something like an address, to which the server might go")
    return st.sampled_from(quiet).flatmap(_arguments_of)


def template_values(probe: Probe) -> Values:
    """A template with texts for its variables, or out: not applicable, or not verified."""
    found = [each for each in probe.templates if variables(each)] or not_applicable("no template has variables")
    quiet = _quiet(found)
    if not quiet:
        not_verified("each template is of the web: the server might fetch what was generated")
    return st.sampled_from(quiet).flatmap(_variables_of)


def ordinary_template_values(probe: Probe) -> list[Any]:
    """Each template that is not of the web with a few ordinary texts: what random ones may never hit upon."""
    quiet = _quiet(each for each in probe.templates if variables(each))
    return [
        {"template": each, "values": dict.fromkeys(variables(each), text)} for each in quiet[:MOST] for text in ORDINARY
    ]


def _quiet(templates: Iterable[str]) -> list[str]:
    """Those of some templates that are not of the web."""
    return [each for each in templates if each.partition(":")[0].lower() not in WEB]


def completions(probe: Probe) -> Values:
    """What can be completed, with the beginning of a value, or out: not applicable."""
    found = of_prompts(probe.leg) + of_templates(probe.leg)
    subjects = found or not_applicable("neither prompts nor templates have arguments")
    listed = [{"ref": reference, "name": name} for reference, name in subjects]
    return st.tuples(st.sampled_from(listed), text(0, NAME)).map(lambda each: {**each[0], "value": each[1]})


def contexts(probe: Probe) -> Values:
    """The same with texts that were chosen for other arguments before."""
    chosen = st.dictionaries(text(1, 20), text(0, NAME), max_size=3)
    return st.tuples(completions(probe), chosen).map(lambda each: {**each[0], "context": each[1]})


def _arguments_of(prompt: dict[str, Any]) -> Values:
    required = parameters(prompt, required=True)
    optional = [name for name in parameters(prompt) if name not in required]
    filled = st.fixed_dictionaries(dict.fromkeys(required, text()), optional=dict.fromkeys(optional, text()))
    return filled.map(lambda arguments: {"name": prompt["name"], "arguments": arguments})


def _variables_of(template: str) -> Values:
    ordinary = st.from_regex(r"\A[a-z]{1,8}\Z", fullmatch=True)
    filled = st.fixed_dictionaries(dict.fromkeys(variables(template), ordinary | text(0, 60)))
    return filled.map(lambda values: {"template": template, "values": values})


def _unlisted(names: list[str]) -> Values:
    taken = {_folded(name) for name in names}
    return text(0, NAME).filter(lambda name: _folded(name) not in taken)


def _folded(name: str) -> str:
    """A name without what an alias may change."""
    return re.sub(r"[\W_]", "", name).casefold()


def _free(key: str) -> bool:
    labels = key.partition("/")[0].split(".") if "/" in key else []
    return key not in DEFINED and not OWNERS & {label.lower() for label in labels}


def _quoted(rest: str) -> str:
    return quote(rest.encode("utf-8", "surrogatepass"), safe="/")


FIRST: Mapping[str, Callable[[Probe], list[Any]]] = {"template_values": ordinary_template_values}
"""What is tried before anything is drawn, by the name of the strategy."""
