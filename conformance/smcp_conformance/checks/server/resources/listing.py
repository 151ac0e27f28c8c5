"""Resources, listing: what `resources/list` answers and how its resources are described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from smcp_conformance.checks.schema import ISO_8601
from smcp_conformance.checks.server.listed import (
    RESOURCES,
    answered_with_and_without_params,
    declared_where_listed,
    items,
    listed_objects,
    same_after,
    same_on_another_connection,
    strings_where_given,
    unique,
)
from smcp_conformance.checks.server.prompts.messages import MIME
from smcp_conformance.checks.server.tools.results import proper_annotations
from smcp_conformance.leg import Leg
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check, not_applicable
from smcp_conformance.session import Session
from smcp_conformance.shapes.formats import is_uri

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")


def uris(leg: Leg) -> list[str]:
    """The URIs of all listed resources that have a string for one."""
    return [each["uri"] for each in items(leg, RESOURCES) if isinstance(each.get("uri"), str)]


def annotated(leg: Leg) -> Iterator[tuple[str, Any]]:
    """Name and annotations of the resources that have some, or out: not applicable."""
    found = [(brief(each.get("uri")), each["annotations"]) for each in items(leg, RESOURCES) if "annotations" in each]
    return iter(found or not_applicable("no resource has annotations"))


@check("resources.capability-declared")
def resources_are_declared_where_they_are_listed(leg: Leg) -> None:
    """Sends resources/list even if the capability is not declared; a list with resources needs the declaration."""
    declared_where_listed(leg, RESOURCES)


@check("resources.list.responds", "resources.list.responds.legacy", silence=True, refusal=True)
def resources_list_is_answered(session: Session) -> None:
    """Sends resources/list without params and with empty ones; both must be answered with a result."""
    answered_with_and_without_params(session, RESOURCES.method)


@check("resources.list.shape")
def resources_list_has_an_array_of_objects(session: Session) -> None:
    """Walks resources/list; each page must have an array `resources` of objects with strings `uri` and `name`."""
    for resource in listed_objects(session, RESOURCES):
        fine = isinstance(resource.get("uri"), str) and isinstance(resource.get("name"), str)
        assert fine, f"got {brief(resource)}, must be a resource with strings 'uri' and 'name'"


@check("resources.resource.uri-valid")
def each_resource_has_a_uri(leg: Leg) -> None:
    """Looks at each listed resource; `uri` must be an absolute URI as RFC 3986 has it, nothing unescaped in it."""
    for resource in items(leg, RESOURCES):
        uri = resource.get("uri")
        assert isinstance(uri, str), f"got {brief(resource)}, must be a resource with a string 'uri'"
        assert is_uri(uri), f"got the uri {brief(uri)}, must be an absolute URI (RFC 3986)"


@check("resources.resource.name")
def each_resource_has_a_name(leg: Leg) -> None:
    """Looks at each listed resource; `name` must be a string."""
    for resource in items(leg, RESOURCES):
        assert isinstance(resource.get("name"), str), f"got {brief(resource)}, must be a resource with a string 'name'"


@check("resources.resource.uri-unique")
def resource_uris_are_unique(leg: Leg) -> None:
    """Looks at the URIs of all resources; none should be there twice."""
    unique(leg, RESOURCES)


@check("resources.resource.optional-fields")
def optional_members_of_resources_have_their_types(leg: Leg) -> None:
    """Looks at each listed resource; texts must be strings and `size` an integer, where they are given."""
    members = ("description", "mimeType", *(("title",) if leg.offer.revision >= "2025-06-18" else ()))
    for resource in items(leg, RESOURCES):
        strings_where_given(resource, members)
        size = resource.get("size", 0)
        integral = isinstance(size, (int, float)) and not isinstance(size, bool) and size == int(size)
        assert integral, f"got size {brief(size)} in {brief(resource)}, must be an integer or left out"


@check("resources.resource.mime-syntax")
def mime_types_are_a_type_and_a_subtype(leg: Leg) -> None:
    """Looks at `mimeType` of each listed resource; it should be of the form type/subtype."""
    typed = [each["mimeType"] for each in items(leg, RESOURCES) if isinstance(each.get("mimeType"), str)]
    for mime in typed or not_applicable("no resource has a mimeType"):
        assert MIME.match(mime), f"got the mimeType {mime!r}, must be of the form type/subtype"


@check("resources.annotations.shape")
def annotations_of_resources_are_in_range(leg: Leg) -> None:
    """Looks at the annotations of each resource; the audience must be user or assistant, the priority from 0 to 1."""
    for uri, given in annotated(leg):
        fine = proper_annotations(given)
        assert fine, f"got annotations {brief(given)} of {uri}, must be an audience of user/assistant, a priority 0..1"


@check("resources.annotations.last-modified")
def modification_dates_of_resources_are_iso_8601(leg: Leg) -> None:
    """Looks at `lastModified` of each resource; it should be a date, or a date and time, as ISO 8601 writes them."""
    dated = [each["lastModified"] for _, each in annotated(leg) if isinstance(each, dict) and "lastModified" in each]
    for date in dated or not_applicable("no resource says when it was modified"):
        fine = isinstance(date, str) and ISO_8601.match(date)
        assert fine, f"got lastModified {brief(date)}, must be ISO 8601 like 2026-01-02T03:04:05Z"


@check("resources.custom-scheme-rfc3986")
def schemes_are_those_of_rfc_3986(leg: Leg) -> None:
    """Looks at the scheme of each resource; it must be a letter, then letters, digits, `+`, `-` and `.` alone."""
    for uri in uris(leg):
        scheme, colon, _ = uri.partition(":")
        fine = colon and SCHEME.match(scheme)
        assert fine, f"got the scheme {scheme!r} in {uri!r}, must be a letter and then letters, digits, '+', '-', '.'"


@check("resources.list.not-per-connection")
def resources_are_the_same_on_another_connection(leg: Leg) -> None:
    """Lists the resources on the shared and on a fresh connection; both lists must hold the same."""
    same_on_another_connection(leg, RESOURCES)


@check("resources.list.no-side-effects")
def resources_are_the_same_after_other_requests(leg: Leg) -> None:
    """Lists the resources, reads some and makes other harmless requests, lists again; nothing may have changed."""
    same_after(leg, RESOURCES, "resources/read", [{"uri": uri} for uri in uris(leg)[:5]])
