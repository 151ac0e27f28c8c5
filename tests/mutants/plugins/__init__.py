"""Plugin CLIs with exactly one fault each, and a few without any, by different builds.

`FAULTS` says which checks are meant to see each fault. A plugin is run as a script, so it finds `base` by path.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent

FAULTS: Mapping[str, tuple[str, ...]] = {
    "answers_by_its_parent": ("warm_and_cold_agree",),
    "answer_follows_locale": ("answers_in_any_locale",),
    "answers_at_random": ("same_call_gets_the_same_answer",),
    "answers_nan": ("valid_arguments_are_answered",),
    "asks_who_calls": ("server_answers_like_the_command_line",),
    "banner_before_describe": ("describe_prints_one_json_document",),
    "code_changes": ("errors_have_a_stable_code",),
    "command_absent": ("declared_command_exists", "help_names_no_other_commands"),
    "crashes_by_signal": ("valid_arguments_are_answered",),
    "default_differs": ("declared_defaults_are_used",),
    "default_of_wrong_type": ("defaults_are_valid",),
    "describe_exits_1": ("describe_exits_0", "server_answers_like_the_command_line"),
    "describe_follows_cwd": ("describe_ignores_the_working_directory",),
    "describe_follows_locale": ("describe_is_strict_json_in_any_locale",),
    "describe_hangs": ("describe_exits_0",),
    "describe_holds_infinity": ("describe_prints_one_json_document",),
    "describe_needs_network": ("describe_needs_no_network",),
    "describe_not_utf8": ("describe_prints_one_json_document",),
    "describe_writes_into_cwd": ("describe_writes_no_file",),
    "describe_writes_into_home": ("describe_writes_no_file",),
    "describes_differently": ("describe_is_the_same_each_time",),
    "duplicate_command": ("names_are_legal_and_unique",),
    "enum_not_enforced": ("declared_constraints_are_enforced",),
    "error_as_text": ("valid_arguments_are_answered",),
    "error_without_code": ("errors_have_a_stable_code",),
    "example_lacks_parameter": ("examples_are_valid",),
    "example_of_parameter_too_large": ("examples_of_parameters_are_valid",),
    "exits_0_with_error": ("exit_code_0_means_success",),
    "exits_1_with_success": ("exit_code_0_means_success",),
    "flag_argparse_lacks": ("declared_flags_are_accepted",),
    "hangs_on_empty_text": ("valid_arguments_are_answered",),
    "help_of_command_refused": ("help_of_the_command_works",),
    "help_refused": ("help_works",),
    "hidden_command": ("help_names_no_other_commands",),
    "hidden_flag": ("help_names_no_other_flags",),
    "ignores_unknown_flags": ("unknown_flag_is_refused",),
    "illegal_command_name": ("names_are_legal_and_unique",),
    "infinity_on_overflow": ("valid_arguments_are_answered",),
    "leaves_child": ("nothing_is_left_running",),
    "leaves_daemon": ("nothing_is_left_running",),
    "length_not_enforced": ("declared_constraints_are_enforced",),
    "long_tool_name": ("tool_names_have_at_most_64_characters",),
    "maximum_not_enforced": ("declared_constraints_are_enforced",),
    "minimum_off_by_one": ("declared_constraints_are_enforced",),
    "missing_required_accepted": ("missing_parameter_is_refused",),
    "needs_stdin": ("stdin_is_not_needed",),
    "optional_is_required": ("optional_parameters_may_be_left_out",),
    "pattern_no_expression": ("declared_schemas_are_valid",),
    "pattern_not_anchored": ("declared_constraints_are_enforced",),
    "result_of_wrong_type": ("result_is_as_described",),
    "second_document": ("valid_arguments_are_answered",),
    "takes_any_boolean": ("wrong_type_is_refused",),
    "traceback_on_wrong_type": ("refusals_are_errors_in_json",),
    "traceback_on_zero": ("valid_arguments_are_answered",),
    "truncates_integers": ("wrong_type_is_refused",),
    "underscored_flags": ("declared_flags_are_accepted",),
    "unknown_command_accepted": ("unknown_command_is_refused",),
    "unknown_command_shown_as_text": ("unknown_command_gets_an_error_in_json",),
    "unknown_parameter_type": ("describe_conforms_to_contract_v1",),
    "waits_for_stdin": ("stdin_is_not_needed",),
    "writes_into_cwd": ("nothing_is_written_outside_the_temporary_folder",),
    "writes_into_home": ("nothing_is_written_outside_the_temporary_folder",),
    "usage_errors_as_text": ("refusals_are_errors_in_json", "unknown_command_gets_an_error_in_json"),
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

GOOD = ("good_argv", "good_base", "good_click", "good_subparsers", "good_switches", "good_typer")
