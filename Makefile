# Two commands do everything: `make chat` and `make test`. Each sets up .venv on its first run.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export HF_HUB_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help install install-dev chat index test test-fast lint bench load screenshots eval broad ablate train clean

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
	$(PIP) install --quiet --constraint constraints.txt --editable ".[documents]"
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

# Two workers, a file to one of them: servers and indexes that tests of a file share are made once.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile
LATER := slow or fault or browser

test-fast: install-dev ## The tests that start no browser, train nothing and kill nothing
	$(PYTEST) -m "not ($(LATER))"

test: lint test-fast ## Every test, the fast ones first; the browser's are skipped, saying so, without Chromium
	$(PYTEST) -m "$(LATER)"

bench: install-dev ## Measure speed and memory on this machine
	$(BIN)/python benchmarks/bench.py

load: install-dev ## Fifty people for three minutes, a burst, a rebuild under load, on 127.0.0.1 alone
	$(BIN)/python benchmarks/load.py

screenshots: install-dev ## Draw the page at 1280 and 390 pixels, light and dark, into docs/
	$(BIN)/python tools/screenshots.py

eval: install-dev ## Ask the project's own questions and compare with evaluation/baseline.json
	$(BIN)/partyqa evaluate evaluation/questions.jsonl --baseline evaluation/baseline.json

broad: install-dev ## The broad yardstick, one table: SPLIT=dev|test, DATA=PATH (evaluation/broad/README.md)
	$(BIN)/python -m benchmarks.broad --split $(or $(SPLIT),dev) $(if $(DATA),--data "$(DATA)")

ablate: install-dev ## The broad dev table without each feature, signal, constraint and way of marking: DATA=PATH
	$(BIN)/python -m benchmarks.ablate $(if $(DATA),--data "$(DATA)") --out evaluation/broad/ablation.md

# The run to go on with is one that has a checkpoint; else a new one is named after today.
UNFINISHED = $(lastword $(sort $(wildcard training/runs/*/checkpoint.pt)))
RUN ?= $(if $(UNFINISHED),$(patsubst %/,%,$(dir $(UNFINISHED))),training/runs/$(shell date +%F)-reader)
MODELS := src/partyqa/models/weights
# Blocks of memory are kept between steps, and threads do not sleep within one; the numbers are the same.
train: export MALLOC_MMAP_THRESHOLD_ := 8589934592
train: export MALLOC_TRIM_THRESHOLD_ := 17179869184
train: export OMP_WAIT_POLICY := active
ifneq ($(DATA),)
train: install-dev
endif
train: ## Train reader, retriever and accents on DATA=PATH and ship them; stopped, the same command goes on (training/README.md)
	@test -n "$(DATA)" || { echo "Thiếu DATA: hãy gõ make train DATA=THƯ_MỤC, xem training/README.md (give the folder of the training data)" >&2; exit 2; }
	$(BIN)/python -m training.reader --data "$(DATA)" --out $(RUN)
	$(BIN)/python -m training.curve $(RUN)
	$(BIN)/python -m training.retriever --data "$(DATA)" --out $(RUN)/retriever
	$(BIN)/python -m training.vocabulary --data "$(DATA)" --out $(RUN)/vocabulary
	$(BIN)/python -m training.export reader --checkpoint $(RUN)/checkpoint.pt --vocabulary $(RUN)/vocabulary --out $(MODELS)/reader
	$(BIN)/python -m training.export retriever --checkpoint $(RUN)/retriever/checkpoint.pt --vocabulary $(RUN)/vocabulary --out $(MODELS)/retriever
	$(BIN)/python -m training.accents --data "$(DATA)"
	mv $(RUN)/checkpoint.pt $(RUN)/trained.pt

clean: ## Remove .venv and the index
	rm -rf $(VENV) index/CURRENT index/generations
