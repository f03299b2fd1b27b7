# Everything a person does with a checkout. Each target sets up what it needs, in .venv, and nothing outside it.

VENV := .venv
PY := $(VENV)/bin/python
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest
UV := $(shell command -v uv 2>/dev/null)
.DEFAULT_GOAL := help
.PHONY: help demo test check lint test-kill test-obs bench lock clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (about a minute the first time) ..."
ifdef UV
	@$(UV) venv -q --allow-existing $(VENV)
	@$(UV) pip install -q --python $(PY) --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(PY) --no-deps --no-build-isolation -e .
else
	@python3 -m venv $(VENV)
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m compileall -q -j 0 $(VENV)/lib core storage bot || true
	@touch $@

$(VENV)/.tests: $(VENV)/.ready tests/requirements.lock
ifdef UV
	@$(UV) pip install -q --python $(PY) --require-hashes -r tests/requirements.lock
else
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r tests/requirements.lock
endif
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m compileall -q -j 0 tests || true
	@touch $@

demo: $(VENV)/.ready ## a recorded live through the real pipeline, no key and no account
	@$(VENV)/bin/earshot demo

test: $(VENV)/.tests ## all tests that need nothing but Python
	@$(PYTEST) -n 6 --dist loadfile --no-loadscope-reorder
	@echo "Not run here: the hundred kills (make test-kill), a real OBS (make test-obs)."

lint: $(VENV)/.tests ## ruff, mypy, import-linter
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache

check: lint test ## lint and test

test-kill: $(VENV)/.tests ## a hundred kills: what must survive, survives
	@$(PYTEST) -n 2 -m kill

test-obs: $(VENV)/.tests ## a real OBS Studio on a virtual screen, with figures; fails where it is not installed
	@command -v obs >/dev/null && command -v Xvfb >/dev/null || { echo "OBS Studio is not installed here. Debian:"; \
	echo "  apt-get install -y --no-install-recommends obs-studio xvfb libgl1-mesa-dri"; exit 1; }
	@$(PYTEST) -n 0 -s -m obs tests/obs

bench: $(VENV)/.tests ## every benchmark, as JSON
	@$(VENV)/bin/earshot bench

lock: ## renew both locks (needs uv): pins and hashes, no addresses
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra test -c requirements.lock pyproject.toml -o tests/requirements.lock

clean: ## remove .venv and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
