# Two commands are enough: `make start` to learn, `make test` to develop.
# Each makes .venv when it is missing, and installs again only when the dependencies changed.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
ARGS ?=

.PHONY: start test test-all lint site bench bench-rl lock clean

start: .venv/learner.stamp
	@$(BIN)/undergrad start $(ARGS)

test: .venv/developer.stamp lint
	@$(BIN)/python -m pytest -q -n 2 $(ARGS)

test-all: .venv/developer.stamp lint
	@$(BIN)/python -m pytest -q -n 2 -m "" $(ARGS)

lint: .venv/developer.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

site: .venv/learner.stamp
	@$(BIN)/undergrad site build site

# PYTHON_BENCH names a Python that has PyTorch; by default it is ours, and the run says what to do
# if it has none. BENCH_COMPILE=1 measures torch.compile too, whose first calls take minutes.
PYTHON_BENCH ?= $(BIN)/python
bench: .venv/learner.stamp
	@PYTHON_BENCH=$(PYTHON_BENCH) $(BIN)/python -m bench

# Agents beside Stable-Baselines3; BENCH_SEEDS=20 races take about half an hour.
bench-rl: .venv/learner.stamp
	@PYTHON_BENCH=$(PYTHON_BENCH) $(BIN)/python -m bench.agents

clean:
	rm -rf .venv site dist build docs/course

# Without uv, pip installs the same packages, resolved anew.
.venv/learner.stamp: pyproject.toml uv.lock
	@echo "Installing undergrad into .venv (once; about a minute) ..."
ifdef UV
	@uv sync --quiet --frozen --no-default-groups --inexact
else
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
endif
	@touch $@

.venv/developer.stamp: .venv/learner.stamp
	@echo "Installing the developers' tools into .venv (once) ..."
ifdef UV
	@uv sync --quiet --frozen --inexact
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
endif
	@touch $@
