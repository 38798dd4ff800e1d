# Everything that a developer or the CI runs. `make help` lists the targets.

PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
PIP_COMPILE := $(PY) -m piptools compile --quiet

RELEASE ?= $(shell git describe --always --dirty 2>/dev/null)
ifneq ($(strip $(RELEASE)),)
export RELEASE
endif

.DEFAULT_GOAL := help
.PHONY: help demo test lint fmt bench messages requirements sbom clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | \
		awk -F ':.*## *' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: $(VENV)/runtime.stamp  ## prepare and serve the demo on http://localhost:8000/ (PORT=8001)
	@$(PY) manage.py demo --port $(PORT)

test: $(VENV)/dev.stamp  ## run the tests (DATABASE_URL=postgres://…, ARGS="-k name")
	@$(PY) -m pytest $(ARGS)

lint: $(VENV)/dev.stamp  ## check style, templates and migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djlint --quiet --lint templates
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) tests/lint_migrations.py

fmt: $(VENV)/dev.stamp  ## format the code
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(VENV)/dev.stamp  ## measure against a plain Django answer (NAMES=path.csv.gz)
	@$(PY) -m bench.run $(NAMES)
	@$(PY) -m bench.drafts
	@$(PY) -m bench.grants
	@$(PY) -m bench.guide

messages: $(VENV)/dev.stamp  ## collect the texts to translate (needs gettext)
	@command -v xgettext >/dev/null || \
		{ echo "make messages needs xgettext: install the package gettext."; exit 1; }
	$(PY) manage.py makemessages --locale de --locale en --add-location file --no-obsolete \
		--ignore '$(VENV)/*' --ignore 'var/*' --ignore 'tests/*'
	msgattrib --clear-fuzzy --empty --output-file locale/en/LC_MESSAGES/django.po \
		locale/en/LC_MESSAGES/django.po
	msgen --output-file locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po
	$(PY) manage.py compile_catalogues

requirements: $(VENV)/dev.stamp  ## pin the dependencies of pyproject.toml anew
	$(PIP_COMPILE) --output-file requirements.txt pyproject.toml
	$(PIP_COMPILE) --extra dev --output-file requirements-dev.txt pyproject.toml

sbom: $(VENV)/dev.stamp  ## write what the site is made of to var/sbom.cdx.json (CycloneDX)
	@PYTHONWARNINGS=ignore $(VENV)/bin/cyclonedx-py requirements requirements.txt \
		--pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file var/sbom.cdx.json

clean:  ## remove what make has created, the demo's data included
	rm -rf $(VENV) .ruff_cache .pytest_cache
	find var -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete 2>/dev/null || true

# The development set contains the runtime set, so its stamp serves for both.
$(VENV)/dev.stamp: requirements-dev.txt | $(PY)
	@echo "Installing the development set …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $(VENV)/runtime.stamp $@

$(VENV)/runtime.stamp: requirements.txt | $(PY)
	@echo "Installing …"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Any Python from 3.11 on will do; PYTHON=… chooses one.
$(PY):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || \
			{ echo "$$python has no venv: install the package python3-venv."; exit 1; }; \
		echo "Creating $(VENV) with $$("$$python" --version) …"; \
		exec "$$python" -m venv $(VENV); \
	done; \
	echo "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3"; \
	exit 1
