# Two commands are all a new user needs: `make maps` and `make test`. Each installs what it needs on first use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PAGES  ?= outputs/atlas
# More than two cores: many tests wait for a process or a browser.
WORKERS ?= 3

.PHONY: maps test lab lint bench clean
.DEFAULT_GOAL := maps

maps: $(READY)  ## build the atlas into outputs/atlas
	$(BIN)/kkbgeo atlas --out $(PAGES)

test: lint  ## lint, then every test, then the printed numbers of the notebooks
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile
	$(BIN)/python -m pytest --nbval notebooks -p no:cacheprovider

lint: $(READY)  ## style, unused code, and imports that point downward only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

lab: $(READY)  ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir notebooks

bench: $(READY)  ## measure; prints ratios, asserts nothing
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/resolve.py
	$(BIN)/python benchmarks/browser.py

clean:  ## remove what was generated; the installed environment stays (remove .venv by hand)
	rm -rf outputs/atlas .pytest_cache .hypothesis .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# One environment, exact versions, hashes checked; made again when the lock or the project changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kkbgeo needs Python 3.11 or later; '$(PYTHON)' is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
