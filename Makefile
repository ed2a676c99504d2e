PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres journeys lint format bench assets lock migrations prepare prepare-dev prepare-test

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: prepare ## start the site with demo data on http://localhost:8000
	@exec $(VENV) scripts/run.py

test: prepare-test ## every test, on SQLite and PostgreSQL, with browser journeys
	@$(VENV) scripts/test.py

test-sqlite: prepare-dev ## the tests on SQLite
	@$(VENV) scripts/test.py sqlite

test-postgres: prepare-test ## the tests on a throw-away PostgreSQL
	@$(VENV) scripts/test.py postgres

journeys: prepare-test ## the browser journeys on both databases
	@$(VENV) scripts/test.py journeys-sqlite journeys-postgres

lint: prepare-dev ## formatting, types, layers, templates
	@$(VENV) scripts/lint.py

format: prepare-dev ## put the code into its form
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

bench: prepare-test ## measure against the limits
	@$(VENV) scripts/with_postgres.py -- $(VENV) -m bench

assets: ## build static/build anew
	@npm ci --silent && node scripts/build_assets.mjs

lock: prepare-dev ## write the locked requirements anew
	@cd requirements && for name in base dev; do \
	  ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $$name.in -o $$name.txt; done

migrations: prepare-dev ## write migrations for changed models
	@DJANGO_SETTINGS_MODULE=bigep.test_settings $(VENV) manage.py makemigrations

prepare prepare-dev prepare-test:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) scripts/prepare.py $(subst prepare-dev,--dev,$(subst prepare-test,--dev --test-tools,$(filter-out prepare,$@)))
