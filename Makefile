# Two commands are enough: `make start` to learn, `make test` to develop.
# Each makes .venv when it is missing, and installs again only when the dependencies changed.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
ARGS ?=
# Two processes test side by side; with BLAS threads of their own they would fight for the cores.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: start test test-all test-newest lint site bench bench-rl bench-use lock clean

start: .venv/learner.stamp
	@$(BIN)/undergrad start $(ARGS)

test: .venv/developer.stamp lint
	@$(PYTEST) $(ARGS)

test-all: .venv/developer.stamp lint
	@$(PYTEST) -m "" $(ARGS)

# The same tests with the newest packages there are, in an environment of its own.
test-newest:
	@$(PYTHON) -m venv --clear .venv-newest
	@.venv-newest/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	@.venv-newest/bin/python -m pip install --quiet --upgrade --editable . --group dev
	@.venv-newest/bin/python -m pytest -q -n 2 $(ARGS)

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

# The search beside OpenSpiel's, agents beside Stable-Baselines3; BENCH_SEEDS=20 races take about half an hour.
bench-rl: .venv/learner.stamp
	@PYTHON_BENCH=$(PYTHON_BENCH) $(BIN)/python -m bench.search
	@PYTHON_BENCH=$(PYTHON_BENCH) $(BIN)/python -m bench.agents

# Commands beside bare Python, presets beside PyTorch; ARGS="status celsius" for single rows.
bench-use: .venv/learner.stamp
	@PYTHON_BENCH=$(PYTHON_BENCH) $(BIN)/python -m bench.use $(ARGS)

clean:
	rm -rf .venv .venv-newest site dist build docs/course

# uv and pip install the same packages: what uv.lock says, which `make lock` exports for pip.
.venv/learner.stamp: pyproject.toml requirements/learner.txt
	@echo "Installing undergrad into .venv (once; about a minute) ..."
ifdef UV
	@uv sync --quiet --frozen --no-default-groups --group build --inexact
else
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --requirement requirements/learner.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
endif
	@touch $@

.venv/developer.stamp: .venv/learner.stamp requirements/developer.txt
	@echo "Installing the developers' tools into .venv (once) ..."
ifdef UV
	@uv sync --quiet --frozen --inexact
else
	@$(PIP) --require-hashes --requirement requirements/developer.txt
endif
	@touch $@

# Needs uv. The first line of each export holds the lock's checksum, by which a test compares them.
EXPORT := uv export --quiet --frozen --no-emit-project --no-header --no-annotate
lock:
	@uv lock --quiet $(ARGS)
	@mkdir -p requirements
	@$(PYTHON) -c "import hashlib; lock = open('uv.lock', 'rb').read(); \
		print('# Made by make lock from uv.lock, sha256', hashlib.sha256(lock).hexdigest())" \
		| tee requirements/learner.txt > requirements/developer.txt
	@$(EXPORT) --no-default-groups --group build >> requirements/learner.txt
	@$(EXPORT) >> requirements/developer.txt
