# The commands a newcomer types. Each does its own set-up in .venv and needs neither root nor a
# service that already runs.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.installed
ARGS ?=
export UV_PYTHON_DOWNLOADS := never
# A story starts a dozen processes: each would compile two thousand modules anew.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-browser test-mutants test-chaos-mutants test-deep check format

help:  ## say what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## install everything into .venv

demo: $(STAMP)  ## a school and a story; ARGS="--scenario mass-notice" (Ctrl-C ends it)
	@$(BIN)/python manage.py demo $(ARGS)

test: $(STAMP)  ## the whole suite on a real Postgres and Valkey; ARGS="tests/processes -x" narrows
	@$(BIN)/pytest $(or $(ARGS),-n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/browser)

test-browser: $(STAMP)  ## the pages in a real Chromium (apt install chromium fonts-noto-cjk)
	@$(BIN)/pytest tests/browser $(ARGS)

test-mutants: $(STAMP)  ## break promises on purpose: the suite must turn red each time
	@$(BIN)/python -m tests.mutants $(ARGS)

test-chaos-mutants: $(STAMP)  ## twelve mistakes in a campaign of kills: the checker must name each
	@$(BIN)/python -m tests.chaos $(ARGS)

test-deep: $(STAMP)  ## every crash point, many more examples, 3,000 faults; takes as long as it takes
	@SANFANG_TEST_DEPTH=deep $(BIN)/pytest $(ARGS)
	@$(BIN)/python -m tests.chaos
	@mkdir -p test-results
	@$(BIN)/python manage.py chaos --faults 3000 --json test-results/chaos.json
	@$(BIN)/python -m tests.chaos.verdict test-results/chaos.json

check: $(STAMP)  ## lint, format, types, import contracts, migrations, compose file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	@if command -v docker-compose >/dev/null; then \
		echo docker-compose config -q; \
		docker-compose --env-file config/compose-check.env config -q; \
	fi

format: $(STAMP)  ## let ruff lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更新版本，请先运行：apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python 缺少 venv，请先运行：apt install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)"
	@$(BIN)/uv sync --quiet --all-extras --dev --frozen
	@touch $@
