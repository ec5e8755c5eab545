"""The README of the replication package, after the template of the Social Science Data Editors.

Files and terms come from the registry, times and memory from the record (`requirements`, which
``tests/benchmark/bench_requirements.py`` measures), items and programs from the report on the reproduction.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..sources.registry import registry
from .reproduction import counted, graded, overall
from .store import CODING, recorded

ARTICLE = (
    "Weyrauch, D. B., & Steinert, C. V. (2021). Instrumental or intrinsic? Human rights alignment in intergovernmental "
    "organizations. The Review of International Organizations. https://doi.org/10.1007/s11558-021-09413-5"
)


def readme(table: pd.DataFrame) -> str:
    """The README in Markdown, ready to stand beside ``claims.csv``, given the table of claims that this file holds."""
    parts = [_overview(table), _availability(), _requirements(), _instructions(), _items(table), _references()]
    return "\n\n".join(parts) + "\n"


def rows(heads: Iterable[str], cells: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *cells]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _overview(table: pd.DataFrame) -> str:
    verdicts = counted(table)
    told = "\n".join(f"- {word}: {number}" for word, number in verdicts.items() if number)
    return f"""# README of the replication package: human-rights alignment in IGOs

## Overview

This package rebuilds the tables and figures of {ARTICLE}

It is a reconstruction from public data by people who had the article alone, without its code, its data or its
appendix. Where the article is silent, a coding had to be chosen. Results here are under the coding `{CODING}`. The
coding `closest` was chosen because its Table 2 is nearest to the printed one, so that agreement in Table 2 is no
independent confirmation.

Verdict on the whole, in the words of the AEA data editor: **{overall(table)}**. Claims of the article by verdict:

{told}

`claims.csv` lists every one of them, `ro-crate-metadata.json` describes the package to machines. One command fits all
models."""


def _availability() -> str:
    files = rows(
        ("File", "Holds", "Made by, and to be cited", "Terms", "In the package"),
        ((f"[`{entry.name}`]({entry.url})", entry.holds, entry.origin, entry.licence, "no") for entry in registry()),
    )
    return f"""## Data availability and provenance

The models use existing data of others, and nothing was collected for them. All files are public and free of charge.
None is in this package, because their makers ask to be cited and not all allow copies to be passed on. `hralign fetch`
downloads each from the pinned address below and refuses bytes whose SHA-256 is not the registered one
(`hralign/sources/registry.toml`).

### Rights

- The makers of this package may use the data for research and teaching, on the terms in the table.
- They do not claim the right to redistribute them, and do not.
- What is computed from the data (coefficients, counts, curves) is in `hralign/record/results` under the licence of the
  package.

### Each source

{files}"""


def _requirements() -> str:
    measured = recorded("requirements")
    made = recorded("table2/lag").origin["versions"]
    facts = measured.facts
    steps = rows(
        ("Step", "Command", "Seconds", "Peak memory (MB)"),
        ((row.step, f"`{row.command}`", f"{row.seconds:.0f}", f"{row.megabytes:,.0f}")
         for row in measured.table.itertuples()),
    )  # fmt: skip
    versions = "\n".join(f"- {name} {number}" for name, number in made.items())
    return f"""## Computational requirements

### Software

The recorded results were made with:

{versions}

Every other package is pinned in `requirements-lock.txt` of the book's repository. No licence has to be bought.

### Randomness

Models are fitted by a deterministic search. What is resampled (bands of curves, intervals of exits) has fixed seeds,
so that a second run on the same versions gives the same digits. The record allows a relative difference of one in a
million.

### Time, memory, storage

Measured on {facts["cores"]} cores with {facts["memory_gigabytes"]:.0f} GB of memory, the mathematics on one thread.
The real data take {facts["data_megabytes"]:.0f} MB. An ordinary laptop is enough.

{steps}

What each chapter of the book takes is on its page "Status"."""


def _instructions() -> str:
    return """## Programs, and how to run them

`hralign/` is the library: `sources` reads the files, `panel` builds cases and years, `mixed` fits, `study` has the
article's models, `record` keeps results and writes this package.

1. Install the library from the book's repository: `pip install .` (Python 3.11 or newer).
2. `hralign fetch` downloads the data and checks them.
3. `hralign replicate --source real --json results.json` fits every model and prints published, reconstruction and
   this run.
4. `hralign report FOLDER` writes this package anew.

Code is under the MIT licence, text under CC BY 4.0."""


def _items(table: pd.DataFrame) -> str:
    items = rows(
        ("Item of the article", "Program", "Output (in hralign/record/results)", "Grade (AEA)", "Level (ACRE)"),
        ((f"{name}: {row['title']}", f"`{row['program']}`" if row["output"] else row["program"],
          ", ".join(f"`{one}.json`" for one in row["output"].split(", ") if one) or "none",
          row["aea"], row["acre_package"]) for name, row in graded(table).iterrows()),
    )  # fmt: skip
    return f"""## Tables, figures and programs

All code is Python and begins at `hralign/cli.py`; models are listed in `hralign/study/specification.py`.

{items}"""


def _references() -> str:
    cited = pd.unique(pd.Series([entry.origin for entry in registry()]))
    return "## References\n\n" + "\n".join(f"- {one}" for one in [ARTICLE, *cited])
