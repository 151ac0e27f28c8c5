"""The message shapes of MCP, one file per area, all five revisions in each."""

from __future__ import annotations

from smcp_conformance.shapes.areas import (
    base,
    completion,
    content,
    elicitation,
    errors,
    forms,
    inputs,
    jsonrpc,
    lifecycle,
    logging,
    prompts,
    resources,
    roots,
    sampling,
    subscriptions,
    tasks,
    tools,
    unions,
)

DEFINITIONS = (
    *base.DEFINITIONS,
    *jsonrpc.DEFINITIONS,
    *errors.DEFINITIONS,
    *lifecycle.DEFINITIONS,
    *content.DEFINITIONS,
    *tools.DEFINITIONS,
    *resources.DEFINITIONS,
    *prompts.DEFINITIONS,
    *completion.DEFINITIONS,
    *logging.DEFINITIONS,
    *subscriptions.DEFINITIONS,
    *sampling.DEFINITIONS,
    *elicitation.DEFINITIONS,
    *forms.DEFINITIONS,
    *roots.DEFINITIONS,
    *tasks.DEFINITIONS,
    *inputs.DEFINITIONS,
    *unions.DEFINITIONS,
)
