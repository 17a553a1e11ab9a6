# The homework and its grader. 'make help' lists what there is; 'make grade' and 'make test' set up all they need.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
HOMEWORK ?= .
SUBMISSION ?= $(patsubst ./%,%,$(HOMEWORK)/assignment)
CHECK ?=
SUBMISSIONS ?=
OUT ?= build/class
ARGS ?=
SECONDS ?= 60

VENV ?= .venv
PY := $(VENV)/bin/python
AUTOGRADER = $(PY) -m autograder --homework "$(HOMEWORK)"

## For students

.PHONY: grade
grade: $(VENV)/.staff ## Grade assignment/, or SUBMISSION=path (a folder or a zip)
	@$(AUTOGRADER) grade "$(SUBMISSION)" --search 5 $(ARGS)

.PHONY: watch
watch: $(VENV)/.staff ## Grade SUBMISSION=path on every save, and show what changed
	@$(AUTOGRADER) watch "$(SUBMISSION)" $(ARGS)

.PHONY: submission
submission: $(VENV)/.staff ## Check SUBMISSION=path (a folder or a notebook) and pack it for upload (dist/submission.zip)
	@$(AUTOGRADER) submission "$(SUBMISSION)" $(ARGS)

## For staff

.PHONY: compile
compile: $(VENV)/.staff ## Compile the answer keys, if they are not up to date
	@$(AUTOGRADER) compile --if-stale

.PHONY: stubs
stubs: $(VENV)/.staff ## Generate assignment/ from solution/ and handout/
	@$(AUTOGRADER) stubs

.PHONY: verify
verify: $(VENV)/.staff ## Let the grader prove itself on submissions with known results
	@$(AUTOGRADER) verify $(ARGS)

.PHONY: explain
explain: $(VENV)/.staff ## Show the inputs and mistakes of CHECK=id or CHECK=file.function (default: the whole exam)
	@$(AUTOGRADER) explain $(CHECK)

.PHONY: doctor
doctor: $(VENV)/.staff ## Show which layers of protection this machine puts around a submission
	@$(AUTOGRADER) doctor $(ARGS)

.PHONY: handout
handout: $(VENV)/.staff ## Write the handout, dist/handout.html and dist/handout.pdf
	@$(AUTOGRADER) handout $(ARGS)

.PHONY: release
release: $(VENV)/.staff ## Build dist/handout.zip for students, without the solution and the hidden checks
	@$(AUTOGRADER) handout
	@$(AUTOGRADER) release

.PHONY: gradescope
gradescope: $(VENV)/.staff ## Package the grader for Gradescope (dist/gradescope.zip)
	@$(AUTOGRADER) gradescope $(ARGS)

.PHONY: gradescope-try
gradescope-try: $(VENV)/.staff ## Run that package on SUBMISSION=path, in Gradescope's folder layout
	@$(AUTOGRADER) gradescope-try "$(SUBMISSION)" $(ARGS)

.PHONY: class
class: $(VENV)/.class ## Grade a class from a platform's export, SUBMISSIONS=path; grades, feedback and a gradebook go to OUT=path
	@test -n "$(SUBMISSIONS)" || { echo "name the export of all submissions: make class SUBMISSIONS=path" >&2; exit 2; }
	@$(AUTOGRADER) class "$(SUBMISSIONS)" --out "$(OUT)" $(ARGS)

## For the project

.PHONY: test
test: lint ## Run linters, type checks and tests
	@$(PY) -m pytest -n 2 --dist loadfile -q -m "not slow" $(ARGS)

.PHONY: test-all
test-all: lint ## Run those and the slow tests
	@$(PY) -m pytest -n 2 --dist loadfile -q $(ARGS)

.PHONY: test-matrix
test-matrix: $(VENV)/.dev ## Run the quick tests on each supported Python on this machine, as root and as an ordinary user
	@$(PY) -m autograder compile --if-stale
	@$(PY) -m nox $(ARGS)

.PHONY: gradescope-root
gradescope-root: $(VENV)/.dev ## Try the Gradescope package in a bare Debian or Ubuntu with the platform's limits (Linux, as root)
	@$(AUTOGRADER) compile --if-stale
	@GRADESCOPE_ROOT=needed $(PY) -m pytest -q -rP tests/containers/test_gradescope_root.py $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev
	@$(AUTOGRADER) compile --if-stale
	@$(AUTOGRADER) stubs --check
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy
	@$(PY) -m numpydoc lint $$(git ls-files 'autograder/*.py' 'solution/*.py' 'datasets/*.py')

.PHONY: fuzz
fuzz: $(VENV)/.fuzz ## Fuzz what reads strangers' bytes, SECONDS=60 for each target (Python 3.11 to 3.13)
	@for target in tests/fuzz/fuzz_*.py; do \
	  name=$$(basename $$target .py); mkdir -p build/fuzz/$$name; echo "fuzzing $$name for $(SECONDS) s ..."; \
	  $(PY) $$target build/fuzz/$$name -artifact_prefix=build/fuzz/ -max_total_time=$(SECONDS) -print_final_stats=1; \
	done

.PHONY: bench
bench: $(VENV)/.dev ## Measure the grader, as ratios
	@$(AUTOGRADER) compile --if-stale
	@$(PY) benchmarks/run.py

.PHONY: clean
clean: ## Remove what was built, and the environment
	@rm -rf build dist $(VENV) .venv-system .nox .pytest_cache .mypy_cache .ruff_cache

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^## /{print "\n" substr($$0, 4)} /^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' Makefile

# The environment: made again when the dependencies change.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "Python 3.10 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try make PYTHON=python3.12 ..." >&2; exit 2; }
	@echo "setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.staff: $(VENV)/.made pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[staff]'
	@touch $@

$(VENV)/.class: $(VENV)/.made pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[class]'
	@touch $@ $(VENV)/.staff

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.staff $(VENV)/.class

$(VENV)/.fuzz: $(VENV)/.made pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	@touch $@
