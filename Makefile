# Pixels to Paragraphs: each target is a command of course.py, which does the same on every system. `make` alone lists them.

PYTHON ?= python3
COURSE := $(PYTHON) course.py

.PHONY: help lab setup data test quick test-browser prove prove-all build release site update reset grade-demo bench zoo-table lint lock

help:
	@$(COURSE) help

lab:
	@$(COURSE) lab $(LAB_ARGS)

setup:
	@$(COURSE) setup

data:
	@$(COURSE) data

# UNIT=02: of one unit alone. WHAT=tests: of these paths alone.
test:
	@$(COURSE) test $(UNIT) $(WHAT) $(TEST_ARGS)

quick:
	@$(COURSE) quick $(TEST_ARGS)

test-browser:
	@$(COURSE) test-browser $(TEST_ARGS)

prove:
	@$(COURSE) prove

prove-all:
	@$(COURSE) prove-all

build:
	@$(COURSE) build

release:
	@$(COURSE) release $(RELEASE_ARGS)

site:
	@$(COURSE) site $(SITE_ARGS)

update:
	@$(COURSE) update

reset:
	@$(COURSE) reset $(UNIT)

grade-demo:
	@$(COURSE) grade-demo

bench:
	@$(COURSE) bench $(BENCH_ARGS)

zoo-table:
	@$(COURSE) zoo-table

lint:
	@$(COURSE) lint

lock:
	@$(COURSE) lock
