"""Exits with status 3 before anything is asked, saying why on stderr."""

import sys

sys.stderr.write("ConfigurationError: FIXTURE_KEY is not set\n")
sys.exit(3)
