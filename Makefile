# Pixels to Paragraphs: every target is one line of a tool. `make` alone lists them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Activates the environment for what looks for its programs on the PATH (nbgrader calls alembic so).
export PATH := $(abspath $(BIN)):$(PATH)
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Stored outputs are compared to the letter where the data are those of the mirror, with which they were made.
NBVAL := $(if $(COURSE_MIRROR),--nbval,--nbval-lax)

.PHONY: help lab test quick test-browser prove prove-all build release update reset grade-demo bench zoo-table lint lock

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

lab: $(READY)  ## make the environment, have the data ready, open JupyterLab on the course
	@python -m course_utils.data || echo "Going on without them: the unit that needs them will ask again."
	@echo "Opening JupyterLab; stop it with Ctrl-C here."
	@python -m course_utils.lab $(AS_ROOT) $(LAB_ARGS)

# A cell's budget, seconds: twice what grading allows (nbgrader_config.py), since three lanes of tests run here on two cores.
CELL_BUDGET := 240
NBVAL += --nbval-current-env --nbval-cell-timeout=$(CELL_BUDGET) --nbval-sanitize-with tests/nbval_sanitize.cfg
WHAT ?= tests solutions
# What `make quick` tries: what all share, and what a change breaks most often. Under two minutes on two cores.
QUICK := tests/project tests/lessons/test_lessons.py tests/lessons/test_glossary.py

# Tests of one unit have its number in their name or their parameter; those of grading have none of their own.
ifdef UNIT
LESSON = $(or $(wildcard lessons/$(UNIT)_*.py),$(error There is no unit $(UNIT). Give its two digits: make test UNIT=02))
WHAT = tests $(LESSON:lessons/%.py=solutions/%) --ignore=tests/autograder/engine --ignore=tests/browser -k $(UNIT)_
endif

test: lint  ## lint, all tests, the proof of the graders, every solution and every released notebook; UNIT=02: of one unit alone
	@python -m course_utils.data
	@pytest $(WHAT) -n 3 --instafail $(NBVAL) $(TEST_ARGS)

quick: lint  ## lint, and the quick tests of what is shared: under two minutes
	@pytest $(QUICK) -n 2 $(TEST_ARGS)

test-browser: $(READY)  ## work through the units in a headless Chromium
	@COURSE_TEST_SLOW=1 pytest tests/browser -m browser $(TEST_ARGS)

prove: $(READY)  ## show that every right answer is accepted and every mistake is rejected with its hint
	@autograder prove

prove-all: $(READY)  ## the same, and that every mutant of every solution is rejected; half an hour
	@autograder prove
	@autograder prove --mutants

build: $(READY)  ## lessons/ -> solutions/ -> notebooks/
	@autograder build

release: $(READY)  ## write the learner's edition into dist/; RELEASE_ARGS="01 02 --address https://.../course.zip" says what of it
	@autograder release $(RELEASE_ARGS)

update: $(READY)  ## in a learner's edition: bring what is new (here git does)
	@python -m course_utils.edition update

reset: $(READY)  ## put one notebook back as it was released, and keep yours beside it: make reset UNIT=02
	@python -m course_utils.edition reset "$(UNIT)"

grade-demo: $(READY)  ## release three units, make a class of twelve, grade it, print the points
	@autograder grade-demo

bench: $(READY)  ## measure what people wait for, beside stock nbgrader, and the zoo; half an hour and more; BENCH_ARGS="--only checks" takes four minutes
	@autograder bench $(BENCH_ARGS)

zoo-table: $(READY)  ## train the zoo's table on GoEmotions anew, half an hour on two cores; after an interruption it goes on
	@mkdir -p data/cache/zoo
	@python -m course_utils.zoo compare --data goemotions -o data/cache/zoo/goemotions.md

lint: $(READY)  ## look over the style of the code, its types, and the files that GitHub reads
	@ruff check .
	@ruff format --check .
	@mypy
	@check-jsonschema -q --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@check-jsonschema -q --builtin-schema vendor.dependabot .github/dependabot.yml

lock: $(READY)  ## renew requirements.lock from pyproject.toml (uv resolves for every system and Python at once)
	@pip install -q uv
	@python -m autograder.common.keep requirements.lock
	@uv pip compile pyproject.toml --extra data --extra course --extra cpu --extra instructor --extra cluster --extra dev --extra bench --universal --python-version 3.11 --upgrade --no-header -q -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed; $(PYTHON) is {v[0]}.{v[1]}. Name another one: make PYTHON=python3.12 ...")'
	@echo "Making the environment in $(VENV): about 2.5 GB and a few minutes, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --disable-pip-version-check --progress-bar on -q -r requirements.lock
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@
