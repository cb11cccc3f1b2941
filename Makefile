# Everything a newcomer needs: `make run`, `make test`. ARGS is passed on: make run ARGS=--once

ARGS ?=
PYTHON := .venv/bin/python
STAMP := .venv/.complete

.PHONY: setup browser run test test-all test-pages check bench mutants clean
.DEFAULT_GOAL := setup

setup: $(STAMP)  ## a complete .venv; a second time it does nothing
	@$(PYTHON) -c '' 2>/dev/null || { echo "The folder .venv was made by another account and is closed to you: use a copy of your own."; exit 1; }

# The first Python from 3.11 on that can make an environment; on a bare Debian, root gets the missing package.
define SETUP
set -eu; \
find_python() { \
  for name in python3.13 python3.12 python3.11 python3; do \
    if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
      echo "$$name"; return 0; \
    fi; \
  done; \
  return 1; \
}; \
if ! $(PYTHON) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
  rm -rf .venv 2>/dev/null || { echo "The folder .venv is unusable and belongs to somebody else: remove it, then try again."; exit 1; }; \
  if ! python=$$(find_python) && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    echo "Installing Python's venv module with apt-get ..."; \
    export DEBIAN_FRONTEND=noninteractive; \
    { apt-get update -qq && apt-get install -y -qq python3 python3-venv; } >/dev/null </dev/null; \
  fi; \
  python=$$(find_python) || { echo "No Python 3.11 or newer with venv was found. On Debian or Ubuntu: apt-get install python3 python3-venv"; exit 1; }; \
  "$$python" -m venv .venv; \
fi; \
echo "Installing the libraries into .venv ..."; \
$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --editable '.[dev]' </dev/null; \
touch $(STAMP)
endef

$(STAMP): pyproject.toml
	@$(SETUP)

run: setup  ## settle three recorded bills before your eyes, then serve
	@.venv/bin/gongji demo $(ARGS)

# Tests of the pages want the system's Chromium and Chinese fonts; root on Debian gets them, others a test that says so.
browser: setup
	@if [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release && ! command -v chromium >/dev/null; then \
	  echo "Installing Chromium and Chinese fonts with apt-get ..."; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk; } >/dev/null </dev/null \
	    || echo "They could not be installed: what needs them is skipped."; \
	fi

test: browser  ## every test in its short form
	@$(PYTHON) -m pytest -q -n 2 -m "not soak" $(ARGS)

test-pages: browser  ## every page in every size and width
	@$(PYTHON) -m pytest -q tests/pages $(ARGS)

test-all: browser  ## the long forms too
	@$(PYTHON) -m pytest -q -n 2 $(ARGS)

check: setup  ## formatting, lint, types, storeys, tidiness, documents, migrations
	@.venv/bin/ruff format --quiet --check .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo >.venv/imports.log || { cat .venv/imports.log; exit 1; }
	@$(PYTHON) -m pytest -q --no-header tests/test_tidy.py tests/unit/test_docs.py
	@find gongji -name '*.sql' -path '*/migrations/*' -exec .venv/bin/squawk {} + >.venv/squawk.log || { cat .venv/squawk.log; exit 1; }

bench: setup  ## what is measured, with ratios
	@$(PYTHON) -m bench $(ARGS)
	@$(PYTHON) -m bench.balances
	@$(PYTHON) -m bench.rests

mutants: setup  ## change the rules a little, over and over: does a test notice? An hour or more (docs/mutation.md)
	@nice -n 19 .venv/bin/mutmut run $(ARGS)
	@$(PYTHON) docs/mutants_page.py

clean:  ## remove what was built; the data folder stays
	@rm -rf .venv build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
