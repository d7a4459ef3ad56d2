# `make book` builds the monograph, `make test` checks it. Both set up their own environment.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
READY := .venv/.ready
PDF_TOOLS := _build/pdf-tools/.ready
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export PYTHONHASHSEED = 0

.DEFAULT_GOAL := help
.PHONY: help setup book test lint types notebooks html pdf ledger unit bench fresh binder reproduce mutants slips sphinx links clean

help:  ## show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@test -d .venv || $(PYTHON) -m venv .venv || { echo "make: no virtual environments here; on Debian: apt install python3-venv" >&2; exit 2; }
	@echo "Installing the locked environment into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

setup: $(READY)  ## set up the environment in .venv

book: $(READY)  ## execute every notebook once and build the HTML
	@$(MAKE) --no-print-directory notebooks html
	@echo "Open: file://$(CURDIR)/_build/html/index.html"

test: $(READY)  ## lint, types, notebooks, book, ledger, unit tests
	@$(MAKE) --no-print-directory lint types notebooks html ledger unit

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff . ; exit 1; }

types: $(READY)
	@$(BIN)/mypy

notebooks: $(READY)
	@$(BIN)/python -m relics.book.execute -n $(WORKERS)

html: $(READY)
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet

# Outside the locked environment: what is only needed on paper must not age the chapters.
$(PDF_TOOLS): $(READY)
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --target $(@D) pikepdf==10.17.0
	@touch $@

pdf: $(PDF_TOOLS)  ## print the built book to _build/pdf/relics.pdf (needs chromium)
	@$(BIN)/python -m relics.book.pdf

ledger: $(READY)  ## what is established, misprinted, refuted, owed
	@$(BIN)/relics ledger --allow-owed

unit: $(PDF_TOOLS)
	@$(BIN)/pytest -n $(WORKERS) $(shell command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || { echo '-m "not browser"'; echo 'No chromium here: the browser tests are left out.' >&2; })

bench: $(READY)  ## print the measured speeds
	@for f in $(filter-out benchmarks/fresh.py,$(wildcard benchmarks/*.py)); do echo "== $$f"; $(BIN)/python $$f || exit 1; done

fresh: $(READY)  ## install, build and test a fresh clone, and keep the times for the status page
	@$(BIN)/python benchmarks/fresh.py --record

binder:  ## run one chapter in an environment made from requirements.txt alone
	@rm -rf .venv-binder && $(PYTHON) -m venv .venv-binder
	@.venv-binder/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
	@.venv-binder/bin/python -m relics.book.execute --force -n 1 notebooks/liquid/cages.md
	@rm -rf .venv-binder

reproduce: $(READY)  ## execute two clean copies and compare certificates, tables, drawings
	@for copy in first second; do \
	  rm -rf _build/$$copy && mkdir -p _build/$$copy && git archive HEAD | tar x -C _build/$$copy && \
	  (cd _build/$$copy && PYTHONPATH=$$PWD/src ../../$(BIN)/python -m relics.book.execute -n $(WORKERS)) || exit 1; \
	done
	@$(BIN)/python -m relics.book.compare _build/first _build/second

mutants: $(READY)  ## change the physics line by line and see which changes no test notices (hours; SAMPLE=12: an hour)
	@test -d _build/mutmut || $(BIN)/pip install --quiet --disable-pip-version-check --target _build/mutmut mutmut==3.8.1
	@PYTHONPATH=$(CURDIR)/_build/mutmut $(BIN)/python tests/mutants.py --workers $(WORKERS) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(RECORD),--record) $(MODULES)

slips: $(READY)  ## make every number of the package wrong by a thousandth and see its chapter refuse it
	@$(BIN)/python tests/slips.py $(if $(FACTOR),--factor $(FACTOR)) $(if $(RECORD),--record) $(CHAPTERS)

sphinx: notebooks  ## build the same book with plain Sphinx, without Jupyter Book
	@test -d .venv-sphinx || $(PYTHON) -m venv .venv-sphinx
	@.venv-sphinx/bin/pip install --quiet --disable-pip-version-check -r book/sphinx/requirements.txt
	@.venv-sphinx/bin/pip install --quiet --disable-pip-version-check --no-deps -e .
	@.venv-sphinx/bin/sphinx-build -b html -c book/sphinx . _build/plain -W -n --keep-going --quiet
	@echo "Open: file://$(CURDIR)/_build/plain/book/intro.html"

links: $(READY) notebooks  ## follow every link out of the book (needs the network)
	@rm -rf _build/linkcheck
	@$(BIN)/jupyter-book build . --builder custom --custom-builder linkcheck --quiet > _build/linkcheck.log 2>&1 || true
	@$(BIN)/python -m relics.book.links || { echo "All that was said on the way: _build/linkcheck.log" >&2; exit 1; }

clean:  ## remove everything that was built
	rm -rf _build book/generated .venv-binder .venv-sphinx
