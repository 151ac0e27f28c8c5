"""Which operators break which keyword: the columns of the grid."""

from __future__ import annotations

from collections.abc import Mapping

from smcp_conformance.generate import near, near_items, near_members
from smcp_conformance.generate.near import Operator

OPERATORS: Mapping[str, tuple[Operator, ...]] = {
    "type": (near.wrong_type,),
    "required": (near_members.missing,),
    "additionalProperties": (near_members.stranger,),
    "unevaluatedProperties": (near_members.stranger, near_members.strange_member),
    "patternProperties": (near_members.forbidden_names,),
    "propertyNames": (near_members.misnamed,),
    "minProperties": (near_members.too_few,),
    "maxProperties": (near_members.too_many,),
    "dependentRequired": (near_members.lonely,),
    "dependentSchemas": (near_members.triggered,),
    "dependencies": (near_members.dependencies,),
    "enum": (near.unlisted,),
    "const": (near.other_than,),
    "minimum": (near.below_minimum,),
    "maximum": (near.above_maximum,),
    "exclusiveMinimum": (near.at_exclusive_minimum,),
    "exclusiveMaximum": (near.at_exclusive_maximum,),
    "multipleOf": (near.between_multiples,),
    "minLength": (near.too_short,),
    "maxLength": (near.too_long,),
    "pattern": (near.unmatched,),
    "format": (near.misformatted,),
    "minItems": (near_items.too_few,),
    "maxItems": (near_items.too_many,),
    "uniqueItems": (near_items.doubled,),
    "items": (near_items.overlong, near_items.excluded_place),
    "prefixItems": (near_items.excluded_place,),
    "additionalItems": (near_items.overlong,),
    "unevaluatedItems": (near_items.overlong, near_items.strange_item),
    "contains": (near_items.none_of_the_kind,),
    "minContains": (near_items.too_few_of_the_kind,),
    "maxContains": (near_items.too_many_of_the_kind,),
    "anyOf": (near.wrong_type, near.unlisted),
    "oneOf": (near.wrong_type, near.unlisted),
}
