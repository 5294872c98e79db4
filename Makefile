# The two commands that matter: `make demo` and `make test`. Everything they need comes with them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA_DIR ?= ./var/demo
DIST := serment/site/static/dist/app.js
FRONT := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null) \
         $(shell find serment -name '*.html' 2>/dev/null)

.PHONY: demo serve test bench quality assets clean

demo: assets
	PORT=$(PORT) DATA_DIR=$(DATA_DIR) $(BIN)/serment demo

serve: assets
	PORT=$(PORT) $(BIN)/serment serve

test: assets
	$(BIN)/python -m tests

bench: assets
	$(BIN)/python -m bench $(ARGS)

quality: assets
	$(BIN)/ruff format --check serment tests bench manage.py
	$(BIN)/ruff check serment tests bench manage.py
	$(BIN)/mypy serment/vault serment/journal serment/access serment/formats serment/connectors
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet serment
	DATA_DIR=./var/quality $(BIN)/python manage.py makemigrations --check --dry-run

assets: $(DIST)

# node comes from the machine if it has a recent one, from its PyPI wheel otherwise.
$(DIST): $(VENV)/ready $(FRONT)
	cd frontend && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-audit --no-fund --loglevel=error
	cd frontend && PATH="$$PATH:$(CURDIR)/$(BIN)" node build.mjs
	@touch $(DIST)

$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(VENV)/ready

clean:
	rm -rf $(VENV) frontend/node_modules serment/site/static/dist var
