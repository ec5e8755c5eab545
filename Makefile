# The Company States Keep: everything a reader, a teacher or a machine runs starts here.
# Needed on a fresh machine: make, Python 3.11 (another interpreter: make PYTHON=python3.12 …) and npm.

PYTHON  ?= $(shell command -v python3.11 || command -v python3)
VENV    := .venv
BIN     := $(VENV)/bin
READY   := $(VENV)/.ready
TESTING := $(VENV)/.testing
CRATING := $(VENV)/crate/.ready
NODE    := node_modules/.ready

# SOURCE=real or SOURCE=simulated forces the data that the book and the tests run on. Without it the real data are tried
# for once a day; where they cannot be had, the book runs on the simulated world.
SOURCE ?=
ifneq ($(filter-out real simulated,$(SOURCE)),)
$(error SOURCE must be real or simulated, not "$(SOURCE)")
endif
ifneq ($(SOURCE),)
export HRALIGN_SOURCE := $(SOURCE)
endif

# ANSWERS=no makes the edition for exams: no solutions, no feedback (book/_editions/answers.py).
ANSWERS ?= yes
ifeq ($(filter yes no,$(ANSWERS)),)
$(error ANSWERS must be yes or no, not "$(ANSWERS)")
endif
export ANSWERS
EDITION := $(if $(filter no,$(ANSWERS)),-without-answers)

# LIVE=no leaves out Python for the reader's browser: no chapter runs there then, no instrument computes (book/_live).
LIVE ?=
ifneq ($(filter-out yes no,$(LIVE)),)
$(error LIVE must be yes or no, not "$(LIVE)")
endif

# Where the book is on GitHub, as owner/name: for the buttons that launch it. Builds there say it themselves.
REPOSITORY ?= $(or $(GITHUB_REPOSITORY),$(shell sed -n 's|^repository-code: *"*https://github.com/\([^" ]*\).*|\1|p' CITATION.cff 2>/dev/null))
export REPOSITORY

# Notebooks run in a staging folder, so a relative data folder would point elsewhere there.
ifdef HRALIGN_DATA
ifeq ($(filter /%,$(HRALIGN_DATA)),)
override HRALIGN_DATA := $(CURDIR)/$(HRALIGN_DATA)
endif
export HRALIGN_DATA
endif

# Two processes share the work already; threads inside each of them would only get in each other's way.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1
# A folder of the name that readers see, packed: the mechanism of all downloads.
ARCHIVE := the-company-states-keep
packed = cd $(1) && $(CURDIR)/$(BIN)/python -m zipfile -c $(CURDIR)/$(2) $(ARCHIVE)
comma := ,
# What the page on the reproduction offers for download.
REPORT := reproduction-package

TOGETHER := help lab
ALONE := book slides pdf zip notebooks record links test bench lint fetch sync colab lock newest environment clean distclean
.PHONY: $(TOGETHER) $(ALONE) publish decks printed recorded addresses
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDEXPANSION:
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "make book LIVE=no: without Python for the reader's browser (70 MB)"
	@echo "make book ANSWERS=no, and so for pdf, zip and notebooks: the edition for exams, without solutions and feedback"
	@echo "SOURCE=real make book, SOURCE=simulated make book: choose the data (HRALIGN_DATA names the folder with the real files)"

lab: ## open the plain notebooks in JupyterLab
	@$(MAKE) --no-print-directory notebooks
	@$(BIN)/jupyter lab _build/notebooks$(EDITION)

# Two makes in one folder would take each other's files away: each waits for the one before, then calls itself.
ifneq ($(HELD),$(CURDIR))
$(ALONE):
	@[ -n "$(PYTHON)" ] || { echo "No Python found: install Python 3.11, or name one with make PYTHON=/path/to/python3.11."; exit 1; }
	@exec $(PYTHON) book/_make/alone.py $@ $(MAKE) --no-print-directory $@
else

# ---------------------------------------------------------------------------------------------------- environment
# One stamp stands for what the book needs; it is renewed when the requirements or the package metadata change.
environment: $(READY) ## make .venv, with all that reading and building the book takes
$(READY): requirements.txt requirements-lock.txt pyproject.toml
	@echo "installing what the book needs, and the library"
	@$(PYTHON) book/_make/environment.py $(VENV) -r requirements.txt -e . && touch $@

# The readers' archive has no classroom (below), and is tested without it.
GRADING := $(wildcard requirements-grading.txt)
$(TESTING): $(READY) requirements-tests.txt $(GRADING) $(wildcard lib/hrclass/pyproject.toml)
	@echo "installing what tests and grading need"
	@$(PYTHON) book/_make/environment.py $(VENV) -r requirements-tests.txt $(GRADING:%=-r %) && touch $@

# What checks the replication package cannot live with what checks the order of layers, so it lives by itself.
$(CRATING): requirements-crate.txt
	@echo "installing what checks the replication package"
	@$(PYTHON) book/_make/environment.py $(VENV)/crate -r requirements-crate.txt && touch $@

# What browsers are given or tested with comes from npm, in the versions that package-lock.json fixes.
$(NODE): package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "npm is missing: it brings MathJax and what draws the instruments, which the site serves itself. Install it first (on Debian and Ubuntu: apt install npm)."; exit 1; }
	@echo "fetching MathJax and the like with npm"
	@mkdir -p .stage && npm ci --loglevel=error > .stage/npm.log 2>&1 \
	 || { grep '^npm error .' .stage/npm.log | head -n 4; echo "npm ci failed (whole log: .stage/npm.log), and the site takes MathJax from there. Check the network; after a change of package.json, run npm install."; exit 1; }
	@touch $@

# ----------------------------------------------------------------------------------------------------------- book
# First half: find out which data there are. The second half runs in a make of its own, which reads what was found.
# Python for the reader's browser is looked at each time, too, and made when it is out of date; a file says whether the site
# has it, and changes with it.
SITELESS := $(filter decks recorded,$(STEP))
LIVELY   := .stage/live/state$(EDITION)
book: $(READY) $(if $(SITELESS),,$(NODE)) ## execute what is out of date and build the site into _build/html
	@$(BIN)/python book/_make/source.py $(SOURCE)
	@$(if $(SITELESS),,$(BIN)/python book/_live/steps.py $(BIN)/python "$(LIVE)" $(LIVELY))
	@rm -rf .stage/*/run
	@$(MAKE) --no-print-directory -j2 $(or $(STEP),publish) KIND=$(or $(SOURCE),$$(cut -d' ' -f1 .stage/fingerprint))

slides: ## write the lecture slides, one deck per part, into _build/slides
	@$(MAKE) --no-print-directory book STEP=decks

pdf: $(TESTING) ## print the whole book, solutions opened, into _build (needs chromium)
	@$(MAKE) --no-print-directory book STEP=printed

links: ## ask the network whether the addresses that the book links to are still there
	@$(MAKE) --no-print-directory book STEP=addresses

record: ## execute all chapters on the real data and keep the results they show, for the book to cite
	@[ "$(or $(SOURCE),$(HRALIGN_SOURCE),real)" = real ] || { echo "make record keeps results of the real data only, and was asked for $(or $(SOURCE),$(HRALIGN_SOURCE)) ones: run it without SOURCE and HRALIGN_SOURCE."; exit 1; }
	@$(MAKE) --no-print-directory book SOURCE=real STEP=recorded

# Second half, run by the first with KIND set: plain dependencies. Each source has its own staging folder, so that going
# back and forth between them executes nothing twice.
ifdef KIND
STAGE    := .stage/$(KIND)
CHAPTERS := $(patsubst notebooks/%.md,%,$(wildcard notebooks/*.md))
EXECUTED := $(CHAPTERS:%=$(STAGE)/notebooks/%.ipynb)
MATHJAX  := node_modules/mathjax/es5
# What draws the laboratory's instruments, and what that draws with.
DRAWING  := node_modules/@observablehq/plot/dist/plot.umd.min.js node_modules/d3/dist/d3.min.js
TREE     := $(STAGE)/tree$(EDITION)
SITE     := _build/html$(EDITION)
# Folders are listed too: a page that was removed changes only its folder.
PAGES    := $(shell find book/ -name __pycache__ -prune -o -name _make -prune -o -print) _config.yml _toc.yml
# What the front page offers for download: all it takes to run the book, and nothing of what grades a class.
CLASSROOM := lib/hrclass tests/hrclass tests/benchmark/bench_grading.py requirements-grading.txt
ARCHIVED := $(wildcard *.md CITATION.cff LICENSE .ci .pre-commit-config.yaml Makefile pyproject.toml requirements*.txt runtime.txt postBuild \
	jupytext.toml package.json package-lock.json .npmrc .gitignore _config.yml _toc.yml book lib notebooks tests)
WHICH    := $(KIND) data$(if $(EDITION),$(comma) without answers)

# Of the two halves of a pair, the one edited last is executed (make test insists that they agree). What is out of date is
# put into a queue first, so that one process starts for all of it and not one for each. (The old result is removed: make
# goes on only from what has changed, and does not know yet that this will. So a chapter that failed is tried again.)
$(EXECUTED): $(STAGE)/notebooks/%.ipynb: notebooks/%.md $$(wildcard notebooks/$$*.ipynb) $(STAGE)/data .stage/library
	@echo "executing notebooks/$*.md ($(KIND) data)"
	@mkdir -p $(STAGE)/run $(STAGE)/notebooks && rm -f $@
	@if [ notebooks/$*.ipynb -nt notebooks/$*.md ]; then cp notebooks/$*.ipynb $(STAGE)/run/; else cp notebooks/$*.md $(STAGE)/run/; fi

$(STAGE)/executed: $(EXECUTED)
	@[ ! -d $(STAGE)/run ] || $(ONE_THREAD) HRALIGN_SOURCE=$(KIND) $(BIN)/python book/_make/execute.py $(STAGE)/run $(STAGE)/notebooks \
	 || { echo "$(SITE) is as it was."; exit 1; }
	@touch $@

# What Sphinx reads.
$(TREE)/.complete: $(STAGE)/executed $(PAGES) $(NODE)
	@rm -rf $(TREE)
	@mkdir -p $(TREE)/notebooks
	@cp -Rp _config.yml _toc.yml book $(TREE)/
	@$(if $(EXECUTED),cp -p $(EXECUTED) $(TREE)/notebooks/)
	@$(if $(EDITION),$(BIN)/python book/_editions/answers.py $(TREE),cp -p notebooks/*.md $(TREE)/notebooks/)
	@mkdir -p $(TREE)/book/_static/mathjax/output/chtml/fonts
	@cp $(MATHJAX)/tex-mml-chtml.js $(TREE)/book/_static/mathjax/
	@cp -R $(MATHJAX)/output/chtml/fonts/woff-v2 $(TREE)/book/_static/mathjax/output/chtml/fonts/
	@mkdir -p $(TREE)/book/_static/drawing && cp $(DRAWING) $(TREE)/book/_static/drawing/
	@rm -rf $(STAGE)/archive && mkdir -p $(STAGE)/archive/$(ARCHIVE)
	@$(if $(EDITION),$(BIN)/python book/_editions/handout.py $(STAGE)/archive/$(ARCHIVE),\
	   tar -c --exclude=__pycache__ --exclude='*.egg-info' --exclude=.ipynb_checkpoints $(CLASSROOM:%=--exclude=%) $(ARCHIVED) | tar -x -C $(STAGE)/archive/$(ARCHIVE))
	@$(call packed,$(STAGE)/archive,$(TREE)/book/_static/$(ARCHIVE).zip)
	@rm -rf $(STAGE)/report && $(BIN)/hralign report $(STAGE)/report/$(REPORT) > /dev/null
	@mkdir -p $(TREE)/book/_static/reproduction && cp $(addprefix $(STAGE)/report/$(REPORT)/,README.md claims.csv ro-crate-metadata.json) $(TREE)/book/_static/reproduction/
	@cd $(STAGE)/report && $(CURDIR)/$(BIN)/python -m zipfile -c $(CURDIR)/$(TREE)/book/_static/reproduction/$(REPORT).zip $(REPORT)
	@touch $@

# Built from nothing each time: a second, incremental build would not repeat the warnings of the first.
COMPLAINTS := WARNING|ERROR|CRITICAL|[Ee]rror:
$(STAGE)/site$(EDITION): $(TREE)/.complete $(wildcard $(LIVELY))
	@echo "building the site"
	@rm -rf $(STAGE)/out
	@NO_COLOR=1 RUNS_IN_BROWSER=$$(cut -d' ' -f1 $(LIVELY) 2>/dev/null) $(BIN)/jupyter-book build $(TREE) --path-output $(STAGE)/out -W --keep-going -q > $(STAGE)/build.log 2>&1 \
	 || { if grep -Eq '$(COMPLAINTS)' $(STAGE)/build.log; then grep -E '$(COMPLAINTS)' $(STAGE)/build.log | sed 's|[^ ]*$(TREE)/||'; \
	      else tail -n 40 $(STAGE)/build.log; fi; echo "the site was not built (whole log: $(STAGE)/build.log); $(SITE) is as it was."; exit 1; }
	@rm -rf $(STAGE)/html$(EDITION) && mv $(STAGE)/out/_build/html $(STAGE)/html$(EDITION) && rm -rf $(STAGE)/out
	@if grep -q ^yes $(LIVELY) 2>/dev/null; then \
	   cp -R .stage/live/runtime $(STAGE)/html$(EDITION)/live && cp -R .stage/live/lab$(EDITION) $(STAGE)/html$(EDITION)/live/lab; fi
	@date > $@

# The readers' copy is exchanged whole, and only for another edition than the one that lies there.
publish: $(STAGE)/site$(EDITION)
	@edition="$(WHICH), $$(cat $<)"; \
	 if [ "$$(cat $(SITE)/.edition 2>/dev/null)" != "$$edition" ]; then \
	   rm -rf $(SITE).new $(SITE).old && mkdir -p _build && cp -R $(STAGE)/html$(EDITION) $(SITE).new && echo "$$edition" > $(SITE).new/.edition \
	   && { [ ! -e $(SITE) ] || mv $(SITE) $(SITE).old; } && mv $(SITE).new $(SITE) && rm -rf $(SITE).old; \
	 fi
	@echo "the book, on $(WHICH): $(SITE)/index.html"

# Chromium prints the pages of the site as one book.
PDF := _build/$(ARCHIVE)$(EDITION).pdf
printed: $(STAGE)/site$(EDITION)
	@echo "printing the book"
	@mkdir -p _build
	@$(BIN)/python book/_editions/pdf.py $(STAGE)/html$(EDITION) $(PDF) $(KIND)
	@echo "the book, on $(WHICH): $(PDF)"

# Both keep what the chapters show: results by name, and numbers in the prose of those that still compute them.
recorded: $(STAGE)/executed
	@$(BIN)/hralign record $(STAGE)/notebooks

# Each deck is one page with everything in it.
REVEAL := node_modules/reveal.js
$(STAGE)/slides: $(STAGE)/executed $(wildcard book/_slides/* book/_plain/plain/*.py) _toc.yml book/references.bib $(NODE)
	@echo "writing the slides"
	@rm -rf $@.new && mkdir -p $@.new
	@$(BIN)/python book/_slides/deck.py $(STAGE)/notebooks $(REVEAL) $@.new
	@rm -rf $@ && mv $@.new $@

decks: $(STAGE)/slides
	@rm -rf _build/slides && mkdir -p _build/slides && cp $</part-*.html _build/slides/
	@echo "the slides, on $(KIND) data: $$(ls _build/slides/*.html | tr '\n' ' ')"

# A server that turns away programs (forbidden, too many requests) tells nothing about its page.
addresses: $(STAGE)/site
	@echo "asking for every address outside of the book"
	@rm -rf $(STAGE)/links && mkdir -p $(STAGE)/links
	@$(BIN)/jupyter-book build $(STAGE)/tree --path-output $(STAGE)/links --builder linkcheck -q > $(STAGE)/links/log 2>&1 || true
	@$(BIN)/python .ci/links.py $(STAGE)/links/_build/html/output.json $(STAGE)/tree || { echo "(whole log: $(STAGE)/links/log)"; exit 1; }
endif

# ------------------------------------------------------------------------------------------------ plain notebooks
# Written anew each time, which takes seconds; what a reader has changed in them is kept beside (book/_plain).
notebooks: $(READY) ## write the notebooks as JupyterLab and others show them into _build/notebooks
	@$(BIN)/python book/_plain/build.py _build/notebooks$(EDITION)
	@echo "the plain notebooks$(if $(EDITION),$(comma) without answers): _build/notebooks$(EDITION)"

# The simulated world comes out of the library; the real data are put into the zip only for whoever asks for it.
HANDOUT := _build/$(ARCHIVE)-$(or $(SOURCE),simulated)$(EDITION).zip
zip: $(READY) ## pack the notebooks and the library for a class into _build (WHEELS=1: with all packages)
	@rm -rf .stage/handout && mkdir -p .stage/handout _build
	@$(BIN)/python book/_editions/handout.py .stage/handout/$(ARCHIVE) $(if $(filter real,$(SOURCE)),--data) $(if $(filter-out 0 no,$(WHEELS)),--wheels)
	@$(call packed,.stage/handout,$(HANDOUT))
	@echo "the notebooks and the library for a class$(if $(EDITION),$(comma) without answers): $(HANDOUT)"
	@$(if $(filter real,$(SOURCE)),echo "It holds the real data$(comma) which are other people's work: for the computers of your class only$(comma) not to be published or passed on.")

# ---------------------------------------------------------------------------------------------- tests and upkeep
test: lint $(CRATING) ## check the style, then run every test
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NODE); else echo "npm is missing: tests that need what it brings are skipped"; fi
	@$(ONE_THREAD) $(BIN)/python -m pytest -n 2

bench: $(TESTING) $(NODE) ## measure time and memory of the main steps, nothing else running
	@set -e; for benchmark in tests/benchmark/bench_*.py; do echo "== $$benchmark"; $(ONE_THREAD) $(BIN)/python $$benchmark; done

lint: $(TESTING) ## style (ruff), spelling (codespell), order of the library's layers (import-linter)
	@$(BIN)/ruff check .
	@$(BIN)/codespell
	@said=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$said"; exit 1; }

fetch: $(READY) ## download the real data and check every byte (HRALIGN_DATA names the folder)
	@$(BIN)/hralign fetch

# Cell identifiers and metadata of an existing .ipynb are kept. language_info is set because jupytext derives the
# fences of the .md from it: without it, saving in JupyterLab would rewrite every one of them.
PYTHON_INFO := {"language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3", "codemirror_mode": {"name": "ipython", "version": 3}}}
sync: $(READY) ## write each notebooks/*.ipynb from its .md (the .md wins)
	@for text in notebooks/*.md; do \
	   $(BIN)/jupytext --quiet --to ipynb --update --update-metadata '$(PYTHON_INFO)' "$$text" || exit 1; \
	   touch -r "$$text" "$${text%.md}.ipynb"; \
	 done

colab: $(READY) ## write REPOSITORY=owner/name into the cell of each notebook that installs the library in Colab
	@$(BIN)/python book/_editions/colab.py $(REPOSITORY)
	@$(MAKE) --no-print-directory sync

LISTS := requirements.txt requirements-tests.txt $(GRADING)
lock: $(TESTING) ## write requirements-lock.txt after a change of the lists of requirements
	@mkdir -p .stage
	@sed '/^-[ce] /d' $(LISTS) > .stage/lists.txt && cp requirements-lock.txt .stage/lock.txt
	@$(BIN)/uv pip compile --quiet --no-header --no-annotate --python $(BIN)/python .stage/lists.txt pyproject.toml -o .stage/lock.txt
	@{ echo "# Everything that $(LISTS:.txt=.txt,) resolve to. Written by make lock; not edited by hand." | sed 's/, resolve/ resolve/'; \
	   grep -v '^#' .stage/lock.txt; } > requirements-lock.txt

# Exact versions are left out, and with them the lock; what stands as a limit behind one (# <2) stays.
newest: $(TESTING) ## put the newest versions that are allowed into .venv, past the lock (make distclean takes them back)
	@mkdir -p .stage
	@sed -E '/^-[ce] /d; s/==[^ ]*( # (<[0-9.]+))?.*/\2/' $(LISTS) > .stage/newest.txt
	@$(PYTHON) book/_make/environment.py $(VENV) --upgrade -r .stage/newest.txt -e . -e lib/hrclass
	@$(BIN)/uv pip freeze --quiet --python $(BIN)/python --exclude-editable | diff requirements-lock.txt - | grep '^>' || echo "nothing is newer than in requirements-lock.txt"

clean: ## remove what was built and executed
	rm -rf _build .stage .pytest_cache .ruff_cache .hypothesis

distclean: clean ## remove the environment as well
	rm -rf $(VENV) node_modules
endif
