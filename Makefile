# Everything starts from a fresh clone: each target makes .venv first if it is not there.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PEERS ?= $(abspath .venv-peers)
EMODB_BESIDE := $(abspath ../shared/corpora/emodb)

# Tests on the real EmoDB run where a copy is known, and say that they were skipped elsewhere.
ifeq ($(SER_EMODB),)
ifneq ($(wildcard $(EMODB_BESIDE)/wav),)
export SER_EMODB := $(EMODB_BESIDE)
endif
endif

# Experiments of reproduce/conf to train; those of IEMOCAP need the licensed corpus.
ROWS ?=

.PHONY: help install demo test test-cluster bench reproduce leak lint format clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@

install: $(VENV)/.installed ## Make .venv with everything in it

demo: install ## Cross-validate the 1D CNN on the embedded synthetic corpus (no download)
	$(BIN)/python -m ser.train experiment=demo

test: install ## Run the whole test suite
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2  # two workers, a core each

test-cluster: install ## Send a sweep through Slurm and Ray on this machine (apt-get install slurm-wlm munge)
	$(BIN)/python -m pip install --quiet -e '.[dev,ray]'
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m cluster tests/cluster

$(PEERS)/.installed: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --upgrade pip
	$(PEERS)/bin/python -m pip install --quiet -r benchmarks/peers/requirements.txt
	@touch $@

bench: install $(PEERS)/.installed ## Measure speed beside librosa, Keras and others; PARTS="steps" for some
	$(BIN)/python -m pip install --quiet -e '.[dev,bench]'
	SER_PEERS=$(PEERS)/bin/python $(BIN)/python -m benchmarks $(PARTS)

reproduce: install ## Train the published EmoDB rows, leaking and honest; goes on where it stopped
	$(BIN)/python -m reproduce.train published $(addprefix --only ,$(ROWS))

leak: install ## Show how the published 97 % come about, step by step; goes on where it stopped
	$(BIN)/python -m reproduce.train leak

lint: install ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## Rewrite the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove .venv, .venv-peers and what tools left behind (runs/ stays)
	rm -rf $(VENV) $(PEERS) .pytest_cache .mypy_cache .ruff_cache .hypothesis
