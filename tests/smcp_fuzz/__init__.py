"""Seeded fuzzing of smcp: mutated messages, a judge of its own that says what must become of each, and three wires."""
