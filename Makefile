# Two commands are all a new user needs: `make maps` and `make test`. Each installs what it needs on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PAGES  ?= outputs/atlas
# More than two cores: many tests wait for a process or a browser.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile
# The tests read the atlas of `make maps`, which builds only what is not current, instead of building one more.
export KKBGEO_TEST_ATLAS ?= $(abspath $(PAGES))
PORT   ?=

.PHONY: maps test test-slow test-all test-attack lint notebooks lab bench lock clean
.DEFAULT_GOAL := maps

maps: $(READY)  ## build the atlas into outputs/atlas
	$(BIN)/kkbgeo atlas --out $(PAGES)

test: lint maps  ## in minutes: lint, the tests that are not marked slow or attack, the printed numbers of the notebooks
	$(PYTEST) -m "not slow and not attack"
	$(MAKE) notebooks

test-slow: $(READY)-test maps  ## what is marked slow
	$(PYTEST) -m "slow and not attack"

test-all: test  ## both
	$(MAKE) test-slow

test-attack: $(READY)-test maps  ## what is marked attack: hostile files, by the thousand
	$(PYTEST) -m attack || [ $$? -eq 5 ]  # 5: none is marked yet

notebooks: $(READY)-test  ## the printed numbers of the notebooks
	$(PYTEST) --nbval notebooks -p no:cacheprovider

lint: $(READY)-test  ## style, unused code, and imports that point downward only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

lab: $(READY)-lab  ## open JupyterLab on the notebooks; PORT=8899 chooses the port
	$(BIN)/python scripts/lab.py $(PORT)

bench: $(READY)-test  ## measure; prints ratios, asserts nothing
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/resolve.py
	$(BIN)/python benchmarks/browser.py

lock: $(READY)  ## write the lock files again, for changed requirements; UPGRADE=1 takes the newest versions
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

clean:  ## remove what was generated; the installed environment stays (remove .venv by hand)
	rm -rf outputs/atlas .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# One environment, exact versions, hashes checked; installed again when a lock or the project changes.
$(READY): requirements.lock requirements-uv.lock pyproject.toml scripts/install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kkbgeo needs Python 3.11 or later; '$(PYTHON)' is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) scripts/install.py $(VENV)
	@touch $@

# What an extra adds to it: the tests, JupyterLab.
$(READY)-%: $(READY) requirements-lab.lock requirements-test.lock
	@$(BIN)/python scripts/install.py $(VENV) $*
	@touch $@
