"""Checks of the spec page on resources."""
