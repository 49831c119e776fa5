# One word for what is done often. Nothing is here that cannot be typed: see CONTRIBUTING.md.
python ?= python3
bin := .venv/bin
ONLY ?=

.PHONY: setup run format lint types test docs pictures check

setup:
	$(python) packaging/test.py --version
	$(python) packaging/docs.py

run:
	$(python) packaging/run.py

format:
	$(bin)/ruff check --fix --select I .
	$(bin)/ruff format .

lint:
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/lint-imports --no-cache
	$(bin)/python packaging/dead_code.py

types:
	$(bin)/mypy

test:
	$(python) packaging/test.py $(ONLY)

docs:
	$(python) packaging/docs.py

pictures:
	$(bin)/python -m tests.screenshots

check:
	.ci/run
