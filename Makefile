# The commands of the README: `make verify`, `make test`, `make report`. Each makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A constraints file pins an environment that was seen to work with that Python; another Python
# installs the newest that pyproject.toml allows.
ASK_VERSION := import sys; print("%d.%d" % sys.version_info[:2])
VERSION := $(shell $(PYTHON) -c '$(ASK_VERSION)')
CONSTRAINTS := $(wildcard .ci/constraints/py$(VERSION).txt)

# The environment is made anew when it holds another Python (or a broken one), and when
# pyproject.toml or the constraints have changed since it was made.
STAMP := $(VENV)/installed
ifneq ($(shell $(BIN)/python -c '$(ASK_VERSION)' 2>/dev/null),$(VERSION))
STAMP_NEEDS := another-python
endif

PROFILE ?= standard
# A worker per core, with one thread of linear algebra each: workers that all start a thread per core
# wait for one another and take longer than a single worker.
WORKERS ?= 2
PYTEST_ARGS ?=
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: verify report picture test test-slow test-browser lint format clean another-python

verify: $(STAMP)
	$(BIN)/pp-spin verify --profile $(PROFILE) --out reports/local

# The published run, in files that are committed: tests/test_published_report.py says when it is due.
report: $(STAMP)
	$(BIN)/pp-spin bench --json reports/speed.json
	$(BIN)/pp-spin verify --profile full --speed reports/speed.json --out reports

# The README's picture of that run; wants a Chromium on the machine.
picture:
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1240,1250 \
	  --screenshot=reports/report.png "file://$(CURDIR)/reports/report.html"

test: $(STAMP)
	$(PYTEST) -m "not slow" $(PYTEST_ARGS)

test-slow: $(STAMP)
	$(PYTEST) $(PYTEST_ARGS)

# Wants a Chromium on the machine; the rest of the suite does without.
test-browser: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[browser]' $(CONSTRAINTS:%=-c %)
	$(PYTEST) tests/report/test_browser.py $(PYTEST_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml $(CONSTRAINTS) $(STAMP_NEEDS)
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' $(CONSTRAINTS:%=-c %)
	touch $@
