# Sealwright: `make demo` runs the main job, `make test` builds everything from source and tests it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sealwright
# Compiled crates live outside the clone: a second clone compiles only our own.
export CARGO_TARGET_DIR ?= $(CACHE)/target
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# cmake and maturin come from the virtual environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# CI names the Rust version whose warnings are errors; a newer compiler's new warnings break nobody.
RUST_WARNINGS_FATAL_ON ?= 1.95.0
PYTHON_SOURCES := contracts offchain_agents sandbox deploy tests

.PHONY: help doctor setup demo test check lint types rust-check contracts rust-test pytest replay bench format lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

doctor: ## Say what this machine lacks
	@bash deploy/doctor.sh

setup: doctor $(VENV)/.ready $(VENV)/.sandbox ## Virtual environment, tools, the sandbox's native module

demo: setup ## Run the main job: register, hire, verify, pay, on an embedded NEAR node
	@$(BIN)/sealwright demo

test: doctor check contracts rust-test pytest ## Check, build everything from source, run every test

check: lint types rust-check ## Format, lint and types, as CI does

lint: $(VENV)/.ready ## ruff: format and lint
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .

# Folders named `tests` are one module to mypy: each is a run of its own.
types: $(VENV)/.ready ## mypy --strict
	@$(BIN)/mypy
	@$(BIN)/mypy sandbox/tests
	@$(BIN)/mypy --config-file= --strict --explicit-package-bases offchain_agents/tests

rust-check: $(VENV)/.ready ## cargo fmt and clippy on our crates
	@cargo fmt --all --check
	@if rustc --version | grep -q ' $(RUST_WARNINGS_FATAL_ON) '; then fatal='-D warnings'; else fatal=''; fi; \
	  cargo clippy --release --locked --workspace --all-targets -- $$fatal

contracts: setup ## Build every contract from source and compare with contracts/release
	@bash deploy/emscripten.sh
	@$(BIN)/sealwright build --check

rust-test: setup ## The engine's own tests
	@cargo test --release --locked -p sealwright-engine

pytest: setup ## Unit, integration, conformance and property tests
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-ci} $(BIN)/pytest $(PYTEST_ARGS)

replay: setup ## Replay a failing property: make replay TEST=tests/properties/... SEED=n
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-deep} $(BIN)/pytest -x $(TEST) --hypothesis-seed=$(SEED)

bench: setup ## Measure gas, size and speed
	@$(BIN)/sealwright bench

format: $(VENV)/.ready ## Rewrite sources in the house format
	@$(BIN)/ruff format -q .
	@$(BIN)/ruff check -q --fix .
	@cargo fmt --all

lock: $(BIN)/uv ## Renew the locked versions
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements/uv.in -o requirements/uv.txt
	@$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements/dev.in -o requirements/dev.txt

clean: ## Remove what the build made in this folder (caches elsewhere stay)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis out

$(BIN)/uv: requirements/uv.txt
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/.ready: $(BIN)/uv requirements/dev.txt pyproject.toml contracts/protocol/pyproject.toml contracts/tee_attestation_verifier/pyproject.toml offchain_agents/pyproject.toml deploy/pyproject.toml
	@$(BIN)/uv pip install -q --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e contracts/protocol -e contracts/tee_attestation_verifier -e offchain_agents -e deploy
	@touch $@

RUST_SOURCES := Cargo.toml Cargo.lock $(shell find sandbox/engine sandbox/module -name '*.rs' -o -name Cargo.toml)

# cargo prints its progress itself: the first build takes about ten minutes on two cores.
$(VENV)/.sandbox: $(VENV)/.ready sandbox/pyproject.toml $(RUST_SOURCES)
	@cargo build --release --locked -p sealwright-sandbox-native --features pyo3/extension-module
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation -e sandbox
	@touch $@
