"""Strategies for the strings that a `format` names, among them OpenAPI's `byte`, or the keywords for contents.

Hosts are those that nobody owns.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from smcp_conformance.generate.weights import weighted

OFFSETS = ("Z", "+00:00", "-00:00", "+14:00", "-23:59", "z")
HOST = r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?(\.[a-z]{2,6}){0,2}"
ADDRESSES = r"(example\.com|localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,3})?"
CHARACTER = r"([a-z0-9._~-]|%[0-9A-F]{2})"
REST = rf"(/{CHARACTER}{{0,6}}){{0,3}}(\?[a-z]={CHARACTER}{{0,4}})?(#[a-z]{{0,3}})?"
REGULAR_EXPRESSIONS = ("", "a", ".*", "^a$", "[a-z]+", "(a|b)*", r"\d{2,3}", r"^[^\s@]+@\w+$", "(?:x)?y")


def _matching(pattern: str) -> SearchStrategy[str]:
    return st.from_regex(rf"\A(?:{pattern})\Z", fullmatch=True)


def _days() -> SearchStrategy[date]:
    """Dates, among them leap days, last days of a year, and those where clocks begin or end."""
    days = st.dates()
    leap_days = days.map(lambda day: day.replace(day.year - day.year % 4 or 4, 2, 28) + timedelta(days=1))
    # Each drawn as another day would be, so that Hypothesis can carry it over to the branches before.
    ends = [days.map(partial(_other, end)) for end in (date(1970, 1, 1), date(2038, 1, 19), date.min, date.max)]
    last_days = days.map(lambda day: day.replace(month=12, day=31))
    return weighted([(4, days), (1, last_days), (1, leap_days), *((1, end) for end in ends)])


def _other(day: date, drawn: date) -> date:
    return day


def _moment() -> SearchStrategy[str]:
    clocks = st.times() | st.sampled_from((time.min, time(23, 59, 59)))
    moments = st.builds(datetime.combine, _days(), clocks).map(datetime.isoformat)
    return st.tuples(moments, st.sampled_from(OFFSETS)).map("".join)


def _clock() -> SearchStrategy[str]:
    return st.tuples(st.times().map(lambda clock: clock.isoformat()), st.sampled_from(OFFSETS)).map("".join)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _duration() -> SearchStrategy[str]:
    return _matching(r"P([0-9]{1,3}D|[0-9]{1,3}W|[0-9]{1,2}Y([0-9]{1,2}M)?|T[0-9]{1,3}H([0-9]{1,3}M)?|T[0-9]{1,9}S)")


URIS = _matching(rf"https?://{ADDRESSES}{REST}|urn:[a-z]{{2,5}}:{CHARACTER}{{1,6}}|mailto:a@example\.com")
REFERENCES = URIS | _matching(rf"(\.\.?/|/)?[a-z0-9]{{0,5}}{REST}")
EMAILS = _matching(rf"[A-Za-z0-9]{{1,8}}([.+_-][A-Za-z0-9]{{1,8}})?@{HOST}\.[a-z]{{2,4}}")
JSON_TEXTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
).map(json.dumps)
FORMATS: Mapping[str, SearchStrategy[str]] = {
    "date-time": _moment(),
    "date": _days().map(str),
    "time": _clock(),
    "duration": _duration(),
    "email": EMAILS,
    "idn-email": EMAILS | st.just("用户@例え.jp"),
    "hostname": _matching(HOST),
    "idn-hostname": _matching(HOST) | st.sampled_from(("bücher.example", "例え.jp")),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "uri": URIS,
    "uri-reference": REFERENCES,
    "url": URIS,
    "iri": URIS | st.just("https://example.com/é/例?ü#ß"),
    "iri-reference": REFERENCES | st.just("é/例"),
    "uri-template": _matching(r"/[a-z]{0,5}(/\{[a-z]{1,5}\}){0,2}(\{\?[a-z]{1,3}\})?"),
    "uuid": st.uuids().map(str),
    "json-pointer": _matching(r"(/([a-z0-9 é\"]|~0|~1){0,4}){0,3}"),
    "relative-json-pointer": _matching(r"(0|[1-9][0-9]{0,2})(#|(/[a-z0-9]{0,4}){0,2})"),
    "regex": st.sampled_from(REGULAR_EXPRESSIONS),
    "byte": st.binary(max_size=24).map(_base64),
    "base64": st.binary(max_size=24).map(_base64),
    " application/json": JSON_TEXTS,
    "base64 application/json": JSON_TEXTS.map(str.encode).map(_base64),
}
