# Every target sets up what it needs in .venv, once: a second run of any of them sets nothing up again.
# `make test PYTHON=python3.12` chooses the interpreter, `make test ARGS='-n 2 -k wheel'` adds pytest's options.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
GATED := smcp/*,*/smcp_conformance/*

.PHONY: test conformance lint format coverage bench real mutants still fuzz wheel clean another-python

test: $(READY)
	$(BIN)/python -m pytest $(ARGS)

conformance: $(READY)
	$(BIN)/python -m pytest --smcp-conformance --smcp-only $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The floor is the two packages'; the plugins' CLIs are shown, but don't count towards it.
coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet --fail-under=0
	$(BIN)/coverage report --fail-under=0 --include='plugins/*'
	$(BIN)/coverage report --include='$(GATED)'

bench: $(READY)
	$(BIN)/python bench/run.py $(ARGS)

real: $(READY)
	$(BIN)/python tests/real/run.py $(ARGS)

# Every mutant against every check of what it breaks, and against those that it does not: half an hour and more.
mutants: $(READY)
	$(BIN)/python -m pytest tests/matrix tests/conformance/cli/every_faulty_plugin.py -n 2 $(ARGS)

# Twenty runs on the bundled server: the same verdicts, nothing left behind.
still: $(READY)
	$(BIN)/python bench/hold_still.py $(ARGS)

# Twenty thousand broken messages over each of the bundled server's transports: answered or ignored as the spec says.
fuzz: $(READY)
	$(BIN)/python bench/fuzz_server.py $(ARGS)

wheel: $(READY)
	$(BIN)/python -m build --wheel --outdir dist

clean:
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.*

# An interpreter that was named, on the command line or in the environment, replaces one of another version.
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) -V 2>&1),$(shell $(BIN)/python -V 2>&1))
$(READY): another-python
endif
endif

another-python:
	@$(PYTHON) -V
	rm -rf $(VENV)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python >= 3.10 is needed, this is %d.%d: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 10) else 0)'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --group dev --editable '.[server,xdist,cov]'
	@touch $@
