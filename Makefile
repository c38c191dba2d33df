# One command to try it (make run), one to test it (make test). Needs Python 3.11 or newer, and make.
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run test exhaustive test-at test-needs check ledger-check simulate mutants journeys load measure bench bench-matching new-authority screenshots docs vendor lock wheel clean

BIN := .venv/bin
READY := .venv/.ready
PORT ?= 8000

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-15s %s\n", $$1, $$2 }'

run: $(READY) ## the demonstration: PostgreSQL, web app and worker; Ctrl-C stops all of it
	@exec $(BIN)/alongside demo --port $(PORT)

test: test-needs ## all checks and tests
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest $(ARGS)

exhaustive: test-needs ## every test with all of its cases, where make test takes samples (hours; ARGS="tests/access")
	ALONGSIDE_SAMPLE=all $(BIN)/python -m pytest $(ARGS)

test-needs: $(READY) ## what the browser's and the sign-in tests need, where Node is there to fetch it
	@if command -v npm >/dev/null && [ -f tests/oidc/package-lock.json ]; then \
		cmp -s tests/oidc/package-lock.json tests/oidc/node_modules/.ready \
		|| (cd tests/oidc && npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.ready) \
		|| echo 'npm could not fetch the OpenID provider: tests of signing in will be skipped.' >&2; \
	fi

check: $(READY) ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

simulate: $(READY) ## a simulated year, all days checked (needs libfaketime); ARGS="--seed 7 --days 30 --sizes 68"
	@$(BIN)/python -m tests.simulation $(ARGS)

test-at: $(READY) ## tests with the clock some days ahead, also PostgreSQL's (needs libfaketime); DAYS=100 ARGS="tests/features -n0"
	@$(BIN)/python -m tests.moved_clock $(DAYS) -m 'not browser' $(ARGS)

coverage: test-needs ## which lines and branches the tests without a browser reach, as coverage/index.html
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-report=html:coverage -m 'not browser' $(ARGS)

mutants: $(READY) ## remove every guard once and see that a test fails (hours; ARGS="--list", ARGS="policy --sample 20")
	@$(BIN)/python -m tests.mutants $(ARGS)

journeys: test-needs ## every page and journey in a real browser, in every window (the tests take a sample)
	ALONGSIDE_SAMPLE=all $(BIN)/python -m pytest tests/browser $(ARGS)

load: test-needs ## kills, cuts and races in full numbers, and one user's attacks on the others' speed
	ALONGSIDE_SAMPLE=all $(BIN)/python -m pytest -n0 tests/faults tests/features/matching/engine $(ARGS)
	$(BIN)/python -m tests.attacks.starvation
	$(BIN)/python -m tests.attacks.overload

ledger-check: $(READY) ## 10,000 random entries by 50 sessions, a third cancelled, PostgreSQL killed five times (ARGS="--seed 7")
	@$(BIN)/python -m tests.platform.ledger.check $(ARGS)

measure: $(READY) ## sizes of files and functions, and what a reader opens for one write (ARGS="../another-checkout")
	@$(BIN)/python -m tests.structure.measure $(ARGS)
	@$(BIN)/python -m tests.structure.measure_writes

bench: $(READY) ## processor time of pages beside their SQL and other frameworks (ten minutes; ARGS="--quick", ARGS=--keep)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-matching: $(READY) ## how good and how fast plans are, at 134, 519 and 24,000 schools (two minutes)
	@$(BIN)/python -m tests.benchmarks.bench_matching

new-authority: $(READY) ## a new authority of 519 schools by the README alone, timed (two minutes)
	@$(BIN)/python -m tests.new_authority

screenshots: $(READY) ## the pictures of the README, from a running demonstration (ARGS=http://wigan.localhost:8000)
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

docs: $(READY) ## the documentation site, as site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

vendor: $(READY) ## fetch govuk-frontend and htmx anew into the project (needs npm)
	$(BIN)/python infra/vendor/vendor.py

PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: $(READY) ## pin requirements.in anew into requirements.lock, and the product's part of it for its image
	$(PIN) --upgrade requirements.in -o requirements.lock
	$(PIN) --constraint requirements.lock pyproject.toml -o infra/requirements.lock
	@! grep -nE '://|find-links|index-url' requirements.lock infra/requirements.lock

wheel: $(READY) ## the product as one file in dist/
	$(BIN)/hatchling build -t wheel

clean: ## away with all that was made, but for the demonstration's database in var/
	rm -rf .venv dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache tests/oidc/node_modules

# uv installs in seconds what pip needs half a minute for; where it cannot be had, pip does
$(READY): requirements.lock pyproject.toml
	@python=; for one in python3.11 python3 python3.12 python3.13 python3.14; do \
		if $$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; \
	done; \
	[ -n "$$python" ] || { echo 'Python 3.11 or newer is needed (python3.11 or python3), and was not found.' >&2; exit 1; }; \
	echo "Preparing the environment in .venv ($$($$python --version))"; \
	[ -x $(BIN)/python ] && $(BIN)/python -c '' 2>/dev/null || rm -rf .venv; \
	[ -x $(BIN)/pip ] || $$python -m venv .venv || { rm -rf .venv; \
		echo 'Python lacks its venv module: on Debian and Ubuntu, apt-get install python3-venv.' >&2; exit 1; }
	@awk '/^uv==/ { on = 1 } /^[^ ]/ && !/^uv==/ { on = 0 } on' requirements.lock > .venv/uv.lock
	@$(BIN)/pip install --quiet --require-hashes -r .venv/uv.lock || echo 'uv cannot be had; pip takes a little longer.'
	@if [ -x $(BIN)/uv ]; then install="$(BIN)/uv pip install --quiet --compile-bytecode"; VIRTUAL_ENV="$$PWD/.venv"; export VIRTUAL_ENV; \
	else install="$(BIN)/pip install --quiet"; fi; \
	$$install --require-hashes -r requirements.lock; \
	$$install --no-deps --no-build-isolation -e .
	@touch $(READY)
