# Duly. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults isolation fix install-local install-dev clean-state
PY := .venv/bin/python
# The first interpreter that is new enough and works; PYTHON=/path/to/python names another.
PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3.14 python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install-local ## the whole product on this machine; PORT=8001 for another port; Ctrl-C stops it
	@exec $(PY) -m config.local --with-parent

test: install-dev ## the whole test suite; ARGS="lms -x" for a part of it
	@exec $(PY) -m pytest -n 2 --dist load --maxschedchunk 16 $(ARGS)

check: install-dev ## style, types, contracts, migrations, templates, dead code, generated documents
	@exec $(PY) -m config.checkup $(ARGS)

bench: install-dev ## benchmarks against a floor of the same run; ONLY="<name> ..." for some
	@exec $(PY) -m bench $(if $(ONLY),--only $(ONLY))

faults: install-dev ## break things on purpose and count what was lost; ONLY=F10 for one drill
	@exec $(PY) -m bench.faults $(if $(ONLY),--only $(ONLY))

isolation: install-dev ## try to reach one tenant from another, at length; ARGS="--only I5 I9" for a part of it
	@exec $(PY) -m config.isolation $(ARGS)

fix: install-dev ## format, repair what ruff can repair, make docs/generated anew
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .
	@DJANGO_SETTINGS_MODULE=config.settings.test $(PY) -m config.checkup.documents --write

install-local install-dev: install-%:
	@test -n "$(PYTHON)" || { echo "Duly needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -I config/local/install.py $*
