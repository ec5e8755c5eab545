# The Company States Keep: everything a reader, a teacher or a machine runs starts here.
# Needed on a fresh machine: make, Python 3.11 (another interpreter: make PYTHON=python3.12 …) and npm.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
GRADING := $(VENV)/.grading
PARTS  := .stage/parts
NODE_READY := node_modules/.ready

# SOURCE=real or SOURCE=simulated forces the data that the book and the tests run on; empty lets the library decide.
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

# Where the book is on GitHub, as owner/name: for the buttons that launch it. Builds there say it themselves.
REPOSITORY ?= $(or $(GITHUB_REPOSITORY),$(shell sed -n 's|^repository-code: *"*https://github.com/\([^" ]*\).*|\1|p' CITATION.cff 2>/dev/null))
export REPOSITORY

comma := ,

# Notebooks run in a staging folder, so a relative data folder would point elsewhere there.
ifdef HRALIGN_DATA
ifeq ($(filter /%,$(HRALIGN_DATA)),)
override HRALIGN_DATA := $(CURDIR)/$(HRALIGN_DATA)
endif
export HRALIGN_DATA
endif

# Two processes share the work already; threads inside each of them would only get in each other's way.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1

.PHONY: help book slides pdf zip links test bench lab fetch sync colab lint lock newest clean distclean publish decks printed \
	handout addresses
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDEXPANSION:
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "make book ANSWERS=no, and so for pdf and zip: the edition for exams, without solutions and feedback"
	@echo "SOURCE=real make book, SOURCE=simulated make book: choose the data (HRALIGN_DATA names the folder with the real files)"

# ---------------------------------------------------------------------------------------------------- environment
# One stamp stands for the whole environment; it is renewed when the requirements or the package metadata change.
$(READY): requirements.txt requirements-lock.txt pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "No Python found: install Python 3.11, or name one with make PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11: name a newer one with make PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package first (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "installing requirements and the library (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -e .
	@touch $@

# What tests and teachers need beyond it.
$(GRADING): $(READY) requirements-grading.txt lib/hrclass/pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-grading.txt
	@touch $@

# Packages of which files are taken and nothing is run, so that what they need does not get into the way of the rest.
$(PARTS)/.ready: $(READY) requirements-parts.txt
	@rm -rf $(PARTS) && mkdir -p $(PARTS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(PARTS) -r requirements-parts.txt \
	 || { echo "what requirements-parts.txt lists could not be installed: the first time needs the network."; exit 1; }
	@touch $@

# What browsers are given or tested with comes from npm, in the versions that package-lock.json fixes.
$(NODE_READY): package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "npm is missing: it brings MathJax, which the site serves itself. Install it first (on Debian and Ubuntu: apt install npm)."; exit 1; }
	@echo "fetching MathJax and the like with npm"
	@mkdir -p .stage && npm ci --loglevel=error > .stage/npm.log 2>&1 \
	 || { grep '^npm error .' .stage/npm.log | head -n 4; echo "npm ci failed (whole log: .stage/npm.log), and the site takes MathJax from there. Check the network; after a change of package.json, run npm install."; exit 1; }
	@touch $@

# ----------------------------------------------------------------------------------------------------------- book
# First half: find out which data there are. The fingerprint lands in .stage/<source>/data only when it has changed, so
# that make can treat the data, wherever they lie, like any other file; the names of the library's files likewise,
# because a module that was removed leaves no newer file behind.
book: $(READY) ## execute what is out of date and build the site into _build/html
	@mkdir -p .stage
	@$(BIN)/hralign info --fingerprint > .stage/fingerprint
	@read kind rest < .stage/fingerprint || true; \
	 case "$$kind" in real|simulated) ;; *) echo "hralign info --fingerprint named no source: $$kind"; exit 1;; esac; \
	 [ -z "$(SOURCE)" ] || [ "$$kind" = "$(SOURCE)" ] || { echo "asked for $(SOURCE) data, but the library has $$kind data"; exit 1; }; \
	 mkdir -p .stage/$$kind && rm -rf .stage/$$kind/run; \
	 cmp -s .stage/fingerprint .stage/$$kind/data || cp .stage/fingerprint .stage/$$kind/data
	@ls lib/hralign lib/hralign/data 2>/dev/null | grep -v '^__pycache__$$' > .stage/library.new; \
	 if cmp -s .stage/library.new .stage/library; then rm .stage/library.new; else mv .stage/library.new .stage/library; fi
	@$(MAKE) --no-print-directory -j2 $(or $(STEP),publish) KIND=$(or $(SOURCE),$$(cut -d' ' -f1 .stage/fingerprint))

slides: ## write the lecture slides, one deck per part, into _build/slides
	@$(MAKE) --no-print-directory book STEP=decks

pdf: $(READY) ## print the whole book, solutions opened, into _build (needs chromium)
	@$(MAKE) --no-print-directory book STEP=printed

zip: $(READY) ## pack the notebooks and the library for a class into _build (WHEELS=1: with all packages)
	@$(MAKE) --no-print-directory book STEP=handout

links: ## ask the network whether the addresses that the book links to are still there
	@$(MAKE) --no-print-directory book STEP=addresses

# Second half, run by the first with KIND set: plain dependencies. Each source has its own staging folder, so that going
# back and forth between them executes nothing twice.
ifdef KIND
STAGE     := .stage/$(KIND)
CHAPTERS  := $(patsubst notebooks/%.md,%,$(wildcard notebooks/*.md))
EXECUTED  := $(CHAPTERS:%=$(STAGE)/notebooks/%.ipynb)
EVERYTHING_RUNS_ON := requirements.txt requirements-lock.txt $(STAGE)/data .stage/library \
	$(filter-out %/__pycache__,$(wildcard lib/hralign/*.py lib/hralign/data/*))
MATHJAX   := node_modules/mathjax/es5
# What the front page offers for download: all it takes to run the book.
ARCHIVE   := the-company-states-keep
ARCHIVED  := $(wildcard *.md CITATION.cff LICENSE .ci .pre-commit-config.yaml Makefile pyproject.toml requirements*.txt runtime.txt postBuild \
	jupytext.toml package.json package-lock.json .npmrc .gitignore _config.yml _toc.yml book lib notebooks tests)
# Folders are listed too: a page that was removed changes only its folder. (The slash keeps the folder apart from the
# target of the same name.)
TREE      := $(STAGE)/tree$(EDITION)
SITE      := _build/html$(EDITION)
PAGES     := $(shell find book/ -name __pycache__ -prune -o -print) _config.yml _toc.yml

# Of the two halves of a pair, the one edited last is executed (make test insists that they agree). What is out of date is
# put into a queue first, so that one process starts for all of it and not one for each. (The old result is removed: make
# goes on only from what has changed, and does not know yet that this will.)
$(EXECUTED): $(STAGE)/notebooks/%.ipynb: notebooks/%.md $$(wildcard notebooks/$$*.ipynb) $(EVERYTHING_RUNS_ON)
	@echo "executing notebooks/$*.md ($(KIND) data)"
	@mkdir -p $(STAGE)/run && rm -f $@
	@if [ notebooks/$*.ipynb -nt notebooks/$*.md ]; then cp notebooks/$*.ipynb $(STAGE)/run/; else cp notebooks/$*.md $(STAGE)/run/; fi

# A notebook is moved into place only after every cell has run, so a failed one is tried again next time. The last
# chapters compute longest and go first, so that the two processes end together.
$(STAGE)/executed: $(EXECUTED)
	@mkdir -p $(STAGE)/notebooks
	@[ -z "$$(ls $(STAGE)/run/*.md 2>/dev/null)" ] || { $(BIN)/jupytext --quiet --to ipynb $(STAGE)/run/*.md && rm $(STAGE)/run/*.md; }
	@$(ONE_THREAD) HRALIGN_SOURCE=$(KIND) $(BIN)/python -m pytest -q -rp -n 2 --maxschedchunk=1 -p no:cacheprovider --rootdir=. \
	   --nbmake --overwrite --nbmake-timeout=1800 $$(ls -r $(STAGE)/run/*.ipynb) > $(STAGE)/run/log 2>&1 || failed=yes; \
	 for done in $$(sed -n 's|^PASSED \(.*\.ipynb\)::.*|\1|p' $(STAGE)/run/log); do mv $$done $(STAGE)/notebooks/; done; \
	 if [ -n "$$failed" ]; then \
	   sed -e '/^Learn more about nbmake/d' -e '/IPKernelApp/d' -e '/^PASSED/d' $(STAGE)/run/log; \
	   for left in $$(ls $(STAGE)/run/*.ipynb 2>/dev/null); do echo "notebooks/$$(basename $$left .ipynb) failed (above: the cell and its line); _build/html is as it was."; done; \
	   exit 1; \
	 fi
	@touch $@

COMPLAINTS := WARNING|ERROR|CRITICAL|[Ee]rror:
# A folder of the name that readers see, packed: the mechanism of all downloads.
packed = cd $(1) && $(CURDIR)/$(BIN)/python -m zipfile -c $(CURDIR)/$(2) $(ARCHIVE)

# What Sphinx reads.
$(TREE)/.complete: $(STAGE)/executed $(PAGES) $(NODE_READY)
	@rm -rf $(TREE)
	@mkdir -p $(TREE)/notebooks
	@cp -Rp _config.yml _toc.yml book $(TREE)/
	@$(if $(EXECUTED),cp -p $(EXECUTED) $(TREE)/notebooks/)
	@$(if $(EDITION),$(BIN)/python book/_editions/answers.py $(TREE),cp -p notebooks/*.md $(TREE)/notebooks/)
	@mkdir -p $(TREE)/book/_static/mathjax/output/chtml/fonts
	@cp $(MATHJAX)/tex-mml-chtml.js $(TREE)/book/_static/mathjax/
	@cp -R $(MATHJAX)/output/chtml/fonts/woff-v2 $(TREE)/book/_static/mathjax/output/chtml/fonts/
	@rm -rf $(STAGE)/archive && mkdir -p $(STAGE)/archive/$(ARCHIVE)
	@$(if $(EDITION),$(BIN)/python book/_editions/handout.py $(STAGE)/archive/$(ARCHIVE),\
	   tar -c --exclude=__pycache__ --exclude='*.egg-info' --exclude=.ipynb_checkpoints $(ARCHIVED) | tar -x -C $(STAGE)/archive/$(ARCHIVE))
	@$(call packed,$(STAGE)/archive,$(TREE)/book/_static/$(ARCHIVE).zip)
	@touch $@

# Built from nothing each time: a second, incremental build would not repeat the warnings of the first.
$(STAGE)/site$(EDITION): $(TREE)/.complete
	@echo "building the site"
	@rm -rf $(STAGE)/out
	@NO_COLOR=1 $(BIN)/jupyter-book build $(TREE) --path-output $(STAGE)/out -W --keep-going -q > $(STAGE)/build.log 2>&1 \
	 || { if grep -Eq '$(COMPLAINTS)' $(STAGE)/build.log; then grep -E '$(COMPLAINTS)' $(STAGE)/build.log | sed 's|[^ ]*$(TREE)/||'; \
	      else tail -n 40 $(STAGE)/build.log; fi; echo "the site was not built (whole log: $(STAGE)/build.log); $(SITE) is as it was."; exit 1; }
	@rm -rf $(STAGE)/html$(EDITION) && mv $(STAGE)/out/_build/html $(STAGE)/html$(EDITION) && rm -rf $(STAGE)/out
	@date > $@

# The readers' copy is exchanged whole, and only for another edition than the one that lies there.
publish: $(STAGE)/site$(EDITION)
	@edition="$(KIND) data$(if $(EDITION),$(comma) without answers), $$(cat $<)"; \
	 if [ "$$(cat $(SITE)/.edition 2>/dev/null)" != "$$edition" ]; then \
	   rm -rf $(SITE).new $(SITE).old && mkdir -p _build && cp -R $(STAGE)/html$(EDITION) $(SITE).new && echo "$$edition" > $(SITE).new/.edition \
	   && { [ ! -e $(SITE) ] || mv $(SITE) $(SITE).old; } && mv $(SITE).new $(SITE) && rm -rf $(SITE).old; \
	 fi
	@echo "the book, on $(KIND) data$(if $(EDITION),$(comma) without answers): $(SITE)/index.html"

# Chromium prints the pages of the site as one book.
PDF := _build/$(ARCHIVE)$(EDITION).pdf
printed: $(STAGE)/site$(EDITION)
	@echo "printing the book"
	@mkdir -p _build
	@$(BIN)/python book/_editions/pdf.py $(STAGE)/html$(EDITION) $(PDF) $(KIND)
	@echo "the book, on $(KIND) data$(if $(EDITION),$(comma) without answers): $(PDF)"

HANDOUT := _build/$(ARCHIVE)-$(KIND)$(EDITION).zip
handout: $(READY)
	@rm -rf $(STAGE)/handout && mkdir -p $(STAGE)/handout _build
	@$(BIN)/python book/_editions/handout.py $(STAGE)/handout/$(ARCHIVE) $(if $(filter real,$(KIND)),--data) $(if $(filter-out 0 no,$(WHEELS)),--wheels)
	@$(call packed,$(STAGE)/handout,$(HANDOUT))
	@echo "the notebooks and the library for a class$(if $(EDITION),$(comma) without answers): $(HANDOUT)"
	@$(if $(filter real,$(KIND)),echo "It holds the real data$(comma) which are other people's work: for the computers of your class only$(comma) not to be published or passed on.")

# The decks are notebooks first, which stay in the staging folder; nbconvert makes one page with everything in it of each.
$(STAGE)/slides: $(STAGE)/executed $(wildcard book/_slides/* book/_slides/company/* book/_slides/company/static/*) _toc.yml book/references.bib $(PARTS)/.ready
	@echo "writing the slides"
	@rm -rf $@.new && mkdir -p $@.new/templates && cp -Rp book/_slides/company $@.new/templates/
	@cd $(PARTS)/sphinx_revealjs/_static/revealjs && cp dist/reveal.css dist/reveal.js plugin/notes/notes.js $(CURDIR)/$@.new/templates/company/static/
	@$(BIN)/python book/_slides/deck.py $(STAGE)/notebooks $@.new
	@$(BIN)/jupyter nbconvert --log-level=ERROR --to slides --template company --TemplateExporter.extra_template_basedirs=$@.new/templates \
	   --HTMLExporter.exclude_anchor_links=True $@.new/part-*.ipynb
	@for page in $@.new/*.slides.html; do mv $$page $${page%.slides.html}.html; done
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

# ---------------------------------------------------------------------------------------------- tests and upkeep
test: lint $(GRADING) $(PARTS)/.ready ## check the style, then run every test
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(NODE_READY); else echo "npm is missing: tests that need what it brings are skipped"; fi
	@$(ONE_THREAD) $(BIN)/python -m pytest -n 2

bench: $(READY) $(GRADING) $(NODE_READY) ## measure time and memory of the main steps, nothing else running
	@set -e; for benchmark in tests/benchmark/bench_*.py; do echo "== $$benchmark"; $(ONE_THREAD) $(BIN)/python $$benchmark; done

lint: $(READY) ## ruff on the code, codespell on code and text
	@$(BIN)/ruff check .
	@$(BIN)/codespell

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

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

lock: ## write requirements-lock.txt anew from requirements.txt
	@rm -rf .stage/lock && mkdir -p .stage && $(PYTHON) -m venv .stage/lock
	@sed '/^-[ce] /d' requirements.txt requirements-grading.txt > .stage/lock/requirements.txt
	@.stage/lock/bin/python -m pip install --quiet --disable-pip-version-check -r .stage/lock/requirements.txt .
	@{ echo "# Everything that requirements.txt and requirements-grading.txt resolve to. Written by make lock; not edited by hand."; \
	   .stage/lock/bin/python -m pip freeze --all --exclude pip --exclude hralign; } > .stage/requirements-lock.txt
	@mv .stage/requirements-lock.txt requirements-lock.txt && rm -rf .stage/lock

# Exact versions are left out, and with them the lock; what stands as a limit behind one (# <2) stays.
newest: $(GRADING) ## put the newest versions that are allowed into .venv, past the lock (make distclean takes them back)
	@mkdir -p .stage
	@sed -E '/^-[ce] /d; s/==[^ ]*( # (<[0-9.]+))?.*/\2/' requirements.txt requirements-grading.txt > .stage/newest.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --upgrade-strategy eager -r .stage/newest.txt -e . -e lib/hrclass
	@$(BIN)/python -m pip freeze --all --exclude pip --exclude-editable | diff requirements-lock.txt - | grep '^>' || echo "nothing is newer than in requirements-lock.txt"

clean: ## remove what was built and executed
	rm -rf _build .stage .pytest_cache .ruff_cache .hypothesis

distclean: clean ## remove the environment as well
	rm -rf $(VENV) node_modules
