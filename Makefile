# Fortnox Bridge. `make` lists the targets; every one sets up what it needs. Only Python 3.11+ and make have to be there.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready
FUZZ := .build/fuzz/venv
PINS := requirements/bootstrap.txt requirements/dev.txt
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check lint types imports bench fuzz mutate synth golden openapi requirements clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## run the main job and keep everything running; ARGS="--exit --json result.json" ends after it
	@$(BIN)/fortnox-bridge demo $(ARGS)

test: $(READY) ## run the tests, with coverage; ARGS="tests/sie -k checksum" runs some, without it
	@$(BIN)/python -m pytest $(or $(ARGS),-m "not full" --cov --cov-report=term)

check: lint types imports ## everything that must hold before a change is merged
	@$(MAKE) --no-print-directory test ARGS=

lint: $(READY) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY) ## mypy, strict
	@$(BIN)/mypy

imports: $(READY) ## imports only point inward
	@$(BIN)/lint-imports --no-cache

bench: $(READY) ## measure; each benchmark prints a ratio from one run
	@set -e; for each in bench/[a-z]*; do echo "== $$each"; $(BIN)/python -m "bench.$$(basename $$each .py)" $(ARGS); done

fuzz: $(FUZZ)/.ready ## a million executions of the fuzz targets, resumable; ARGS="--executions 20000"
	@PYTHONPATH=layers/bridge/python $(FUZZ)/bin/python -m tests.fuzz $(ARGS)

mutate: $(READY) ## how many small mistakes in bridge.sie and bridge.ledger the tests notice; ARGS="--only sie/lexer"
	@$(BIN)/python -m tests.mutation $(ARGS)

synth: $(READY) ## build the layers and synthesise the template, under cdk-nag
	@$(BIN)/python -m infra.app

golden: $(READY) ## write the golden files anew; look at the diff before you keep it
	@GOLDEN=write $(BIN)/python -m pytest tests -k golden

openapi: $(READY) ## write docs/openapi.json from the code
	@$(BIN)/python -m infra.openapi

requirements: $(READY) ## pin the newest versions that fit requirements/*.in
	@$(COMPILE) --upgrade requirements/runtime.in --output-file requirements/runtime.txt
	@$(COMPILE) --upgrade requirements/dev.in --constraints requirements/runtime.txt --output-file requirements/dev.txt
	@$(COMPILE) --upgrade requirements/bootstrap.in --constraints requirements/dev.txt --output-file requirements/bootstrap.txt
	@$(COMPILE) --upgrade requirements/bench.in --output-file requirements/bench.txt
	@$(COMPILE) --upgrade requirements/fuzz.in --output-file requirements/fuzz.txt

setup: $(READY) ## make .venv with exactly the pinned packages

clean: ## remove what was built; .local (your local data) stays
	@rm -rf .venv .build cdk.out layers/*/build .coverage coverage.xml .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

$(READY): $(PINS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is %d.%d. Try: make PYTHON=python3.11" % sys.version_info[:2])'
	@echo "Setting up .venv (once; again only when the requirements change) ..." >&2
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt \
	  || { echo "uv did not find everything; pip tries (it knows mirrors that uv does not)." >&2; \
	       $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)
	@echo "Ready." >&2

$(FUZZ)/.ready: requirements/fuzz.txt
	@echo "Setting up the fuzzer (once; again only when its requirements change) ..." >&2
	@$(PYTHON) -m venv $(FUZZ)
	@$(FUZZ)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@
