.DEFAULT_GOAL := help
.PHONY: help up test check lint fix bench fuzz lock types clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv where it is there; otherwise a copy of it inside the environment.
UV := $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
UVPIP := $(UV) pip install --quiet --python $(BIN)/python
# Node.js is one of the packages that the tests need.
TYPESCRIPT := clients/typescript
NPM := cd $(TYPESCRIPT) && PATH="$(CURDIR)/$(BIN):$$PATH" npm --loglevel error
# A device that needs packages of npm, and is formatted as the rest is.
JAVASCRIPT := examples/devices/javascript

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

up: $(VENV)/.run ## start everything on this machine: NATS, services, simulated banners, app
	@exec $(BIN)/airdisplay up

# Tests wait more than they work, so there is one worker more than this machine has cores. Those that run a whole
# mesh at full load, and kill its processes, come afterwards, when nobody else is at work.
WORKERS ?= $(shell expr `nproc 2>/dev/null || echo 2` + 1)

test: $(VENV)/.node ## run the tests against a real nats-server and a real browser
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadfile -m "not faults and not slow"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "faults or slow"

check: $(VENV)/.node ## linters, types, architecture
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/codespell
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/lint-imports && $(BIN)/mypy && $(BIN)/pyright
	sh -n examples/devices/mqtt/mosquitto.sh
	$(NPM) run --silent check
	$(NPM) exec -- prettier --check --log-level warn $(CURDIR)/$(JAVASCRIPT)

fix: $(VENV)/.node ## format and mend what can be mended
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	$(NPM) run --silent fix
	$(NPM) exec -- prettier --write --log-level warn $(CURDIR)/$(JAVASCRIPT)

fuzz: $(VENV)/.dev ## call the gateway in thousands of ways that nobody would, and judge every answer
	$(BIN)/python -m tests.gateway.fuzz

bench: $(VENV)/.dev ## measure, as ratios within one run
	$(BIN)/python -m bench

lock: ## resolve the dependencies anew
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --custom-compile-command "make lock" pyproject.toml --group dev -o requirements-dev.lock

types: $(VENV)/.node ## make the types of the TypeScript client from the gateway's documents
	$(BIN)/python -m tests.clients.documents $(TYPESCRIPT)/src/generated

clean: ## remove the environment and the local data
	rm -rf $(VENV) .airdisplay .mypy_cache .ruff_cache .pytest_cache $(TYPESCRIPT)/node_modules $(TYPESCRIPT)/dist \
	  $(JAVASCRIPT)/node_modules

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "AirDisplay needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version`"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@test -x "$(UV)" || $(BIN)/pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements.lock pyproject.toml
	@echo "setting up AirDisplay in $(VENV) ..."
	@$(UVPIP) --require-hashes -r requirements.lock
	@$(UVPIP) --no-deps --no-build-isolation -e . && touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@$(UVPIP) --require-hashes -r requirements-dev.lock && touch $@

$(VENV)/.node: $(VENV)/.dev $(TYPESCRIPT)/package-lock.json $(JAVASCRIPT)/package-lock.json
	@($(NPM) ci --silent) && ($(NPM) ci --silent --prefix $(CURDIR)/$(JAVASCRIPT)) && touch $@
