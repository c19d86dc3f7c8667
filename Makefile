# Two commands do everything: `make chat` and `make test`. Each sets up .venv on its first run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export HF_HUB_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev chat index test lint bench eval clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

install: $(VENV)/.runs ## Set up .venv with what the program needs
install-dev: $(VENV)/.develops ## ... and with what tests and evaluation need

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Cần Python 3.11 trở lên; hãy chạy: make PYTHON=/đường/dẫn/python3.11 (Python 3.11+ is needed)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# PyTorch comes first and pinned: a range would pull gigabytes of CUDA packages.
$(VENV)/.runs: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt torch==2.13.0
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.develops: $(VENV)/.runs
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev,evaluation]"
	@touch $@

index: install ## Bring index/ up to date with corpus/
	$(BIN)/partyqa index corpus --index index

chat: index ## Open the chat on http://127.0.0.1:7860
	$(BIN)/partyqa serve --index index

lint: install-dev ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## Every test; the browser's are skipped, saying so, without Chromium
	$(BIN)/python -m pytest

bench: install-dev ## Measure speed and memory on this machine
	$(BIN)/python evaluation/bench.py

eval: install-dev ## Ask the project's own questions and compare with evaluation/baseline.json
	$(BIN)/partyqa evaluate evaluation/questions.jsonl --baseline evaluation/baseline.json

clean: ## Remove .venv and the index
	rm -rf $(VENV) index/CURRENT index/generations
