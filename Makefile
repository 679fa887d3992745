# Each target makes its own virtual environment if there is none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
CORE := $(VENV)/.core
DEV := $(VENV)/.dev

.PHONY: demo test check bench soak lock clean

demo: $(CORE)  ## install, build the demo company's index, open the page
	$(BIN)/talktrack index
	$(BIN)/talktrack ui

test: $(DEV)  ## install and run every test
	$(BIN)/pytest

check: $(DEV)  ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/pytest

bench: $(DEV)  ## speed and memory, as ratios against baselines of the same run
	$(BIN)/python -m bench.text_turn
	$(BIN)/python -m bench.service
	$(BIN)/python -m bench.understanding evaluation/sets/utterances.dev.jsonl

soak: $(DEV)  ## long loops: kills, many turns
	$(BIN)/pytest -m soak --timeout 1800

lock:  ## exact versions of everything, without addresses
	$(UV) pip compile pyproject.toml --universal --all-extras --no-header --no-annotate -o requirements.lock

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet "$$(grep '^uv==' requirements.lock)"

$(CORE): $(UV) pyproject.toml requirements.lock
	$(UV) pip install --python $(BIN)/python --quiet -c requirements.lock -e .
	touch $@

$(DEV): $(UV) pyproject.toml requirements.lock
	$(UV) pip install --python $(BIN)/python --quiet -c requirements.lock -e '.[all,dev]'
	tools=$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true); \
	  if [ -z "$$tools" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; fi
	touch $@ $(CORE)

clean:
	rm -rf $(VENV) .talktrack build *.egg-info
