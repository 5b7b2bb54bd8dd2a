# Everything starts from a fresh clone: each target makes .venv first where it is missing.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OLDEST ?= .venv-oldest
NEWEST ?= .venv-newest
PEERS ?= $(abspath .venv-peers)
EMODB_BESIDE := $(abspath ../shared/corpora/emodb)

# Tests on the real EmoDB run where a copy is known, and say that they were skipped elsewhere.
ifeq ($(SER_EMODB),)
ifneq ($(wildcard $(EMODB_BESIDE)/wav),)
export SER_EMODB := $(EMODB_BESIDE)
endif
endif

# Experiments of reproduce/conf to train, of which those of IEMOCAP need the licensed corpus; or rows of
# the board.
ROWS ?=
comma := ,
space := $(subst ,, )

.PHONY: help install install-core demo app docs docs-check test test-oldest test-newest test-cluster faults fuzz bench cuda reproduce board leak lint format clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

define ANNOUNCEMENT
Installing the core packages into $(VENV). On Linux, PyTorch with CUDA makes that about 6 GB on
disk and about 3 minutes on a fast connection. Without a GPU you need a fraction of it: stop here,
run `$(PYTHON) -m venv $(VENV)`, install torch and torchaudio into it, both from PyTorch's CPU index
(pytorch.org gives the command), and start this again; what is installed is kept.
endef
export ANNOUNCEMENT

# The environment without the tools of development; either marker will do for what needs no more.
$(VENV)/.core: pyproject.toml
	@echo "$$ANNOUNCEMENT"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/.installed: $(VENV)/.core
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@

install: $(VENV)/.installed ## Make .venv with everything that development needs

install-core: $(VENV)/.core ## Make .venv with what training and prediction need

demo: install-core ## Cross-validate an LSTM on speech that the package makes; a minute once installed
	@echo "Five folds of an LSTM on synthetic speech: about a minute on one CPU core, no download."
	OMP_NUM_THREADS=1 $(BIN)/python -m ser.train experiment=demo  # more threads only wait for each other

CHECKPOINTS ?=

app: install-core ## Open a page on this machine to try models on; CHECKPOINTS="model.ckpt other.ckpt"
	$(BIN)/python -m ser.app $(addprefix checkpoint=,$(CHECKPOINTS))

docs: install ## Check the commands, links and tables of README and docs, and build the site
	$(BIN)/python -m pytest tests/test_docs.py tests/test_doc_figures.py tests/test_site.py
	$(BIN)/python -m mkdocs build --quiet --strict
	@echo "Written to site: open site/index.html, or serve it, which search needs: $(BIN)/python -m http.server -d site"

docs-check: install ## Run every command and example of README and docs on small corpora; PAGES="docs/audit.md" for some
	$(BIN)/python -m tests.documents $(PAGES)

test: install ## Run the whole test suite
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --quiet --doctest-modules ser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal  # a core each, modules mostly whole

$(OLDEST)/.installed: pyproject.toml
	$(PYTHON) -m venv --clear $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet uv
	$(OLDEST)/bin/uv pip install --quiet --resolution lowest-direct --python $(OLDEST)/bin/python -e '.[dev]'
	@touch $@

test-oldest: $(OLDEST)/.installed ## Run the suite with the oldest versions that are allowed; PARTS="tests/models" for some
	OMP_NUM_THREADS=1 $(OLDEST)/bin/python -m pytest -n 2 $(PARTS)

test-newest: ## Run the suite with the newest versions that are allowed; PARTS="tests/models" for some
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager -e '.[dev]'
	OMP_NUM_THREADS=1 $(NEWEST)/bin/python -m pytest -n 2 $(PARTS)

test-cluster: install ## Send a sweep through Slurm and Ray on this machine (apt-get install slurm-wlm munge)
	$(BIN)/python -m pip install --quiet -e '.[dev,ray]'
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m cluster tests/cluster

faults: install ## Damage runs, stores, models and audio on purpose, and count what comes of it; ten minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m faults --write

EXAMPLES ?= 2000

fuzz: install ## Hand inputs that nobody thought of to every boundary; EXAMPLES=100000 for a night
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m fuzz --examples $(EXAMPLES)

$(PEERS)/.installed: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --upgrade pip
	$(PEERS)/bin/python -m pip install --quiet -r benchmarks/peers/requirements.txt
	@touch $@

bench: install $(PEERS)/.installed ## Measure speed beside librosa, Keras and others; PARTS="steps" for some
	$(BIN)/python -m pip install --quiet -e '.[dev,bench]'
	SER_PEERS=$(PEERS)/bin/python $(BIN)/python -m benchmarks $(PARTS)

cuda: install ## Measure training on one CUDA device, in five minutes; PARTS="networks" for some
	$(BIN)/python -m benchmarks.cuda $(PARTS)

reproduce: install ## Train the published EmoDB rows, leaking and honest; goes on where it stopped
	$(BIN)/python -m reproduce.train published $(addprefix --only ,$(ROWS))

board: install ## Train the rows of the board, long; goes on where it stopped. ROWS="cnn1d lstm" for some
	$(BIN)/python -m reproduce board $(if $(ROWS),--rows $(subst $(space),$(comma),$(strip $(ROWS))))

leak: install ## Show how the published 97 % come about, step by step; goes on where it stopped
	$(BIN)/python -m reproduce.train leak

lint: install ## Check style, types and which room knows which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environments and what tools left behind (runs/ stays)
	rm -rf $(VENV) $(OLDEST) $(NEWEST) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
