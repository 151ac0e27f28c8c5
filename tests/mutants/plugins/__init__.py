"""Plugin CLIs with exactly one fault each, and a few without any, by different builds.

`FAULTS` says which checks are meant to see each fault. A plugin is run as a script, so it finds `base` by path.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent

USAGE = (
    "missing_parameter_is_refused",
    "unknown_command_is_refused",
    "unknown_flag_is_refused",
    "wrong_type_is_refused",
)

FAULTS: Mapping[str, tuple[str, ...]] = {
    "answers_at_random": ("same_call_gets_the_same_answer",),
    "banner_before_describe": ("describe_prints_one_json_document",),
    "command_absent": ("declared_command_exists",),
    "crashes_by_signal": ("valid_arguments_are_answered",),
    "default_of_wrong_type": ("defaults_are_valid",),
    "describe_exits_1": ("describe_exits_0",),
    "describe_follows_cwd": ("describe_ignores_the_working_directory",),
    "describe_follows_locale": ("describe_is_strict_json_in_any_locale",),
    "describe_hangs": ("describe_exits_0",),
    "describe_not_utf8": ("describe_prints_one_json_document",),
    "describes_differently": ("describe_is_the_same_each_time",),
    "duplicate_command": ("names_are_legal_and_unique",),
    "error_as_text": ("valid_arguments_are_answered",),
    "exits_0_with_error": ("exit_code_0_means_success",),
    "exits_1_with_success": ("exit_code_0_means_success",),
    "flag_argparse_lacks": ("declared_flags_are_accepted",),
    "hangs_on_empty_text": ("valid_arguments_are_answered",),
    "ignores_unknown_flags": ("unknown_flag_is_refused",),
    "illegal_command_name": ("names_are_legal_and_unique",),
    "infinity_on_overflow": ("valid_arguments_are_answered",),
    "long_tool_name": ("tool_names_have_at_most_64_characters",),
    "missing_required_accepted": ("missing_parameter_is_refused",),
    "second_document": ("valid_arguments_are_answered",),
    "takes_any_boolean": ("wrong_type_is_refused",),
    "traceback_on_zero": ("valid_arguments_are_answered",),
    "truncates_integers": ("wrong_type_is_refused",),
    "unknown_command_accepted": ("unknown_command_is_refused",),
    "unknown_parameter_type": ("describe_conforms_to_contract_v1",),
    "usage_errors_as_text": USAGE,
}
"""Checks that must fail, by the faulty plugin's folder."""

DEMO_FAULTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("demo_math", "zero_divides_quietly"): ("division_by_zero_has_its_code",),
    ("demo_math", "zero_has_other_code"): ("division_by_zero_has_its_code",),
    ("demo_text", "slug_grows"): ("slug_of_a_slug_is_itself",),
    ("demo_text", "slug_keeps_accents"): ("slug_has_only_lower_case_letters_digits_and_hyphens",),
    ("demo_text", "slug_with_edge_hyphen"): ("slug_has_no_hyphen_at_its_edges",),
}
"""The same for plugins that stand in for a demo plugin: (its name, the folder)."""

GOOD = ("good_argv", "good_base", "good_subparsers", "good_switches")
