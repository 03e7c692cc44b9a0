# Every chore has one name. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq
# Locks are compiled with the oldest Python we support: its backports do no harm to newer ones.
LOCK := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
DEV_GROUP := import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")

# The one tool of `make audit`, in an environment of its own
AUDITOR := pip-audit>=2.10
# What PostgreSQL needs, for who chooses it
POSTGRES := psycopg[binary]>=3.2,<4
# What asks Spark, likewise: half a gigabyte
SPARK := pyspark>=4.1,<5\nsqlglot>=30
JAVA := openjdk-17-jre-headless

.PHONY: help run serve setup test test-postgres lint bench promises spark audit messages docs lock clean

help: ## List the chores
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.runtime ## Set everything up and serve the demo company on http://127.0.0.1:8000
	@$(BIN)/vivencia serve --demo --port $(PORT)

serve: $(VENV)/.runtime ## The same with data of your own, kept in ./vivencia-data
	@$(BIN)/vivencia serve --port $(PORT)

setup: $(VENV)/.tools ## Make .venv with vivencia and the developers' tools

test: $(VENV)/.tools ## Install what tests need and run everything; what could not run fails
	@scripts/apt-install chromium gettext dovecot-imapd strace postgresql $(JAVA) || true
	@scripts/apt-install chromium-headless-shell 2>/dev/null || true # quicker; only Debian has it
	@$(MAKE) --no-print-directory $(VENV)/.spark || true # without it, Spark is NOT RUN
	@$(BIN)/python scripts/check.py

test-postgres: $(VENV)/.tools ## Run every test that is not of SQLite alone on PostgreSQL
	@scripts/apt-install chromium gettext strace postgresql || true
	@$(BIN)/python scripts/check.py --postgres

lint: $(VENV)/.tools ## Only the quick checks: style, templates, types, floors
	@$(BIN)/python scripts/check.py --quick

bench: $(VENV)/.tools ## Measure every figure we promise, peers in environments of their own
	@$(BIN)/python -m bench

promises: $(VENV)/.tools ## Try every promise at its full figure (hours), or those of ONLY=R1,R2
	@scripts/apt-install chromium gettext dovecot-imapd strace faketime postgresql $(JAVA) || true
	@$(MAKE) --no-print-directory $(VENV)/.spark || true
	@$(BIN)/python -m scripts.promises $(ONLY)

spark: $(VENV)/.spark ## Ask every query of a real cluster, over a million interactions (minutes)
	@scripts/apt-install $(JAVA) || true
	@VIVENCIA_TEST_FULL=1 $(BIN)/python -m pytest -p tests.plugins.not_run -q src/vivencia/columns/spark

audit: $(VENV)/.tools ## Ask the advisories about every locked package (needs a network); list them with licences
	@$(BIN)/python -m scripts.audit

messages: $(VENV)/.tools ## Collect the texts of every room into its catalogue, and compile it
	@scripts/apt-install gettext
	@$(BIN)/python scripts/messages.py

docs: $(VENV)/.tools ## Write into docs/ what the code already says: kinds, scores, commands
	@$(BIN)/python -m scripts.docs

lock: $(VENV)/.tools ## Pin every dependency again, with hashes
	$(LOCK) --build-deps-for editable --output-file requirements.lock pyproject.toml
	$(BIN)/python -c '$(DEV_GROUP)' \
		| $(LOCK) --constraint requirements.lock --output-file requirements-dev.lock -
	echo "$(POSTGRES)" \
		| $(LOCK) --constraint requirements.lock --output-file requirements-postgres.lock -
	printf "$(SPARK)" \
		| $(LOCK) --constraint requirements-dev.lock --output-file requirements-spark.lock -
	echo "$(AUDITOR)" | $(LOCK) --output-file requirements-audit.lock -

clean: ## Remove what make made: .venv and caches, never your data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .bench dist

# Stamps: the second time, nothing is done that is done already.
$(VENV)/.made:
	@scripts/make-venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing what vivencia needs (once)…"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements-dev.lock requirements-postgres.lock
	@echo "Installing the developers' tools (once)…"
	@$(PIP) --no-compile --require-hashes -r requirements-dev.lock # most of it is never imported
	@$(PIP) --require-hashes -r requirements-postgres.lock
	@touch $@

$(VENV)/.spark: $(VENV)/.tools requirements-spark.lock
	@echo "Installing what asks Spark, half a gigabyte (once)…"
	@$(PIP) --no-build-isolation --require-hashes -r requirements-spark.lock
	@touch $@
