"""Resources, templates: what `resources/templates/list` answers."""

from __future__ import annotations

from smcp_conformance.checks.server.listed import items, listed_objects
from smcp_conformance.leg import Leg
from smcp_conformance.lists import TEMPLATES
from smcp_conformance.reply import brief
from smcp_conformance.requirement import check
from smcp_conformance.session import Session
from smcp_conformance.shapes.formats import is_uri_template


@check("resources.templates.answered", silence=True, refusal=True)
def templates_list_is_answered(session: Session) -> None:
    """Sends resources/templates/list; a server with resources should answer it, if only with an empty list."""
    reply = session.request(TEMPLATES.method)
    assert reply.succeeded, f"got {reply} for {TEMPLATES.method}, must be a result"


@check("resources.templates.shape")
def each_template_has_a_template_and_a_name(session: Session) -> None:
    """Walks resources/templates/list; it must be an array of objects with strings `uriTemplate` and `name`."""
    for template in listed_objects(session, TEMPLATES):
        fine = isinstance(template.get("uriTemplate"), str) and isinstance(template.get("name"), str)
        assert fine, f"got {brief(template)}, must be a template with strings 'uriTemplate' and 'name'"


@check("resources.templates.uri-template-valid")
def each_template_is_one_of_rfc_6570(leg: Leg) -> None:
    """Looks at each listed template; `uriTemplate` must be a URI template as RFC 6570 has it."""
    for template in items(leg, TEMPLATES):
        given = template.get("uriTemplate")
        fine = isinstance(given, str) and is_uri_template(given)
        assert fine, f"got the uriTemplate {brief(given)}, must be a URI template (RFC 6570)"
