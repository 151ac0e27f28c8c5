"""Conformance tests for Model Context Protocol servers, as a pytest plugin."""
