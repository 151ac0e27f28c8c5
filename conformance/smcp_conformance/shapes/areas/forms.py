"""The flat JSON Schemas that an elicitation form is made of."""

from __future__ import annotations

from smcp_conformance.shapes.vocabulary import (
    BOOLEAN,
    INTEGER,
    JUN_25,
    NOV_25,
    NUMBER,
    STRING,
    Members,
    Named,
    any_of,
    array,
    define,
    exactly,
    one_of,
    optional,
    required,
    shape,
)

LABELS = optional(title=STRING, description=STRING)
NAMES = (required(type=exactly("string"), enum=array(STRING)), optional(enumNames=array(STRING)))
TITLED = array(shape(required(const=STRING, title=STRING)))


def default(type_: Named) -> Members:
    """Make the default value, which a form has had since 2025-11-25."""
    return optional(default=type_, since=NOV_25)


def choice_of_many(items: Named) -> tuple[Members, ...]:
    """Make the members of a field in which several values may be chosen."""
    return (
        required(type=exactly("array"), items=items),
        optional(minItems=INTEGER, maxItems=INTEGER),
        default(array(STRING)),
        LABELS,
    )


FIELDS = (
    define(
        "StringSchema",
        shape(
            required(type=exactly("string")),
            optional(format=one_of("email", "uri", "date", "date-time"), minLength=INTEGER, maxLength=INTEGER),
            default(STRING),
            LABELS,
        ),
        since=JUN_25,
    ),
    define(
        "NumberSchema",
        shape(
            required(type=one_of("number", "integer")),
            optional(minimum=NUMBER, maximum=NUMBER),
            default(NUMBER),
            LABELS,
        ),
        since=JUN_25,
    ),
    define("BooleanSchema", shape(required(type=exactly("boolean")), optional(default=BOOLEAN), LABELS), since=JUN_25),
)

CHOICES = (
    define("EnumSchema", shape(*NAMES, LABELS), since=JUN_25, until=JUN_25),
    define(
        "EnumSchema",
        any_of("SingleSelectEnumSchema", "MultiSelectEnumSchema", "LegacyTitledEnumSchema"),
        since=NOV_25,
    ),
    define("LegacyTitledEnumSchema", shape(*NAMES, default(STRING), LABELS), since=NOV_25),
    define(
        "SingleSelectEnumSchema",
        any_of("UntitledSingleSelectEnumSchema", "TitledSingleSelectEnumSchema"),
        since=NOV_25,
    ),
    define(
        "UntitledSingleSelectEnumSchema",
        shape(required(type=exactly("string"), enum=array(STRING)), default(STRING), LABELS),
        since=NOV_25,
    ),
    define(
        "TitledSingleSelectEnumSchema",
        shape(required(type=exactly("string"), oneOf=TITLED), default(STRING), LABELS),
        since=NOV_25,
    ),
    define(
        "MultiSelectEnumSchema",
        any_of("UntitledMultiSelectEnumSchema", "TitledMultiSelectEnumSchema"),
        since=NOV_25,
    ),
    define(
        "UntitledMultiSelectEnumSchema",
        shape(*choice_of_many(shape(required(type=exactly("string"), enum=array(STRING))))),
        since=NOV_25,
    ),
    define(
        "TitledMultiSelectEnumSchema",
        shape(*choice_of_many(shape(required(anyOf=TITLED)))),
        since=NOV_25,
    ),
)

DEFINITIONS = (
    *FIELDS,
    *CHOICES,
    define(
        "PrimitiveSchemaDefinition",
        any_of("StringSchema", "NumberSchema", "BooleanSchema", "EnumSchema"),
        since=JUN_25,
    ),
)
