# The one list of commands. Each sets up what it needs, and nothing twice.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,$(if $(shell $(name) -c 'import sys; print(sys.version_info[:2] >= (3, 11) and sys.version_info[:2] < (3, 14) or "")' 2>/dev/null | grep True),$(name))))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PICTURES ?=
PHOTOS ?=
NAME ?= my-everyday

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format everyday bench bench-fast bench-pictures screenshots clean

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## Create .venv and install what the app needs

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Fitting Room needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(READY): requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

run: $(READY)  ## Open the app in the browser
	$(BIN)/streamlit run streamlit_app.py

test: $(READY_DEV)  ## Run every test that this machine can run
	$(BIN)/python -m pytest

lint: $(READY_DEV)  ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY_DEV)  ## Put style and format right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Fourteen epochs, then six at a gentler pace from what they learned.
everyday: $(READY)  ## Train a model on your photos, in folders named by class: make everyday PHOTOS=folder
	@test -n "$(PHOTOS)" || { echo "Say where the photos are: make everyday PHOTOS=folder"; exit 1; }
	$(BIN)/python -m fashion_model train everyday --photos "$(PHOTOS)" --name "$(NAME)-first"
	$(BIN)/python -m fashion_model train everyday --photos "$(PHOTOS)" --name "$(NAME)" \
		--set "start_from=$(NAME)-first" --set learning_rate=0.02 --epochs 6

bench: $(READY_DEV)  ## Measure speed against peers, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

bench-fast: $(READY_DEV)  ## Measure what takes seconds only: answers, preparing, opening
	$(BIN)/python -m benchmarks answers preparing opening

bench-pictures: $(READY_DEV)  ## Measure answers on your own pictures: make bench-pictures PICTURES=folder
	@test -n "$(PICTURES)" || { echo "Say where the pictures are: make bench-pictures PICTURES=folder"; exit 1; }
	$(BIN)/python -m benchmarks.pictures "$(PICTURES)"

screenshots: $(READY_DEV)  ## Take the README's pictures of every page, in Chromium
	SCREENSHOTS=docs SCREENSHOTS_OF=models $(BIN)/python -m pytest tests/browser/test_screenshots.py

clean:  ## Remove what make set up; runs and data stay
	rm -rf $(VENV)
