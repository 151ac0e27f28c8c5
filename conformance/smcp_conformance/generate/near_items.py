"""Near misses of an array: too few, too many, twice the same, none of the kind that must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smcp_conformance.generate import near
from smcp_conformance.generate.near import Change, limit

STRANGE: tuple[Any, ...] = (None, "", 0, "strange", [], {}, True, -1.5)


def too_few(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One item less than `minItems`, and none."""
    least = limit(schema, "minItems")
    if isinstance(value, list) and least:
        yield "less-1", value[: least - 1]
        yield "none", []


def too_many(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One item more than `maxItems`, distinct where the last item can be varied."""
    most = limit(schema, "maxItems")
    if isinstance(value, list) and most is not None:
        last = value[-1] if value else 1
        more = [_varied(last, number) for number in range(1, most + 2 - len(value))]
        yield "more-1", [*value, *more]


def _varied(item: Any, number: int) -> Any:
    if near.is_number(item):
        return item + number
    return item + str(number) if isinstance(item, str) else item


def doubled(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """Twice the same item: as it is, as another spelling of the number, as the object in another order."""
    if schema["uniqueItems"] is not True or not isinstance(value, list):
        return
    yield from (("doubled", twice) for twice in (_twice(value) if value else [[1, 1]]))
    for item in value[:1]:
        if isinstance(item, int) and not isinstance(item, bool):
            yield "doubled-as-float", [item, *value[1:], float(item)]
        if isinstance(item, dict) and len(item) > 1:
            yield "doubled-in-other-order", [*value, dict(reversed(item.items()))]


def _twice(value: list[Any]) -> Iterator[list[Any]]:
    yield [*value, value[0]]
    if len(value) > 1:
        yield [*value[:-1], value[0]]


def overlong(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One item after those that are admitted."""
    if isinstance(value, list):
        yield "extra", [*value, value[-1] if value else 1]
        yield "extra-null", [*value, None]


def excluded_place(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """An item at a place for which `prefixItems` admits none, or a list under the `items` of earlier drafts."""
    places = schema.get("prefixItems", schema.get("items"))
    if isinstance(value, list) and isinstance(places, list) and False in places:
        yield from overlong(schema, value)


def strange_item(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """One more item of each type, for a schema that is to judge the rest."""
    if isinstance(value, list):
        for operator, item in near.wrong_type({}, value[-1] if value else "a"):
            yield f"extra-{operator}", [*value, item]


def none_of_the_kind(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `contains`: no item at all, and as many items as there are of a kind that doesn't count."""
    if isinstance(value, list) or "type" not in schema:
        yield "none", []
    if not isinstance(value, list):
        yield from (("one", [1]),) if "type" not in schema else ()
    else:
        for number, item in enumerate(STRANGE, start=1):
            yield f"only-strange-{number}", [item] * max(len(value), 1)
        if len(value) > 1 and "minContains" not in schema:
            yield from (("only-first", value[:1]), ("only-last", value[-1:]))


def too_few_of_the_kind(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `minContains`: one item less."""
    least = limit(schema, "minContains")
    if isinstance(value, list) and least:
        yield "less-1", value[: least - 1]


def too_many_of_the_kind(schema: Mapping[str, Any], value: Any) -> Iterator[Change]:
    """For `maxContains`: each item so often that one is too many."""
    most = limit(schema, "maxContains")
    if isinstance(value, list) and most is not None:
        for number, item in enumerate([*value, 1][:8]):
            yield f"more-1-of-{number}", [*value, *[item] * (most + 1)]
