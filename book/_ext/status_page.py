"""What the status page says of each notebook, read from the notebooks of this build.

``{status}`` writes a table: the data each notebook ran on, its seeds, when it ran and for how long; and below it the
versions of what ran it.  Everything is taken from the executed notebooks: the times that Jupyter keeps of every cell,
the banner (``hr.banner``) and the line at the foot (``hr.versions``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

BANNER = re.compile(r'class="source-banner source-(\w+)"')
FACT = r"{} <code>([^<]*)</code>"
VERSIONS = re.compile(r'<p class="versions"><small>Run with (.*?)\.</small>')
SEED = re.compile(r"\b(?:seed=|default_rng\()(\d+|\[\d+)")
UNKNOWN = "–"


@dataclass(frozen=True)
class Run:
    """How one notebook was executed; None where it does not tell."""

    name: str
    source: str | None
    world: str | None
    seed: str | None
    draws: tuple[int, ...]
    began: datetime | None
    seconds: float | None
    versions: str | None


def read_run(name: str, notebook: dict) -> Run:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    html = "\n".join(
        "".join(output["data"].get("text/html", ""))
        for cell in cells
        for output in cell["outputs"]
        if "data" in output
    )
    times = sorted(
        datetime.fromisoformat(moment).astimezone(UTC)
        for cell in cells
        for moment in cell["metadata"].get("execution", {}).values()
    )
    seeds = {int(seed.strip("[")) for cell in cells for seed in SEED.findall("".join(cell["source"]))}
    return Run(
        name,
        source=first(BANNER.search(html)),
        world=first(re.search(FACT.format("world"), html)),
        seed=first(re.search(FACT.format("seed"), html)),
        draws=tuple(sorted(seeds)),
        began=times[0] if times else None,
        seconds=(times[-1] - times[0]).total_seconds() if times else None,
        versions=first(VERSIONS.search(html)),
    )


def first(found: re.Match | None) -> str | None:
    return found[1] if found else None


def page(runs: list[Run]) -> list[str]:
    """The table and the versions, in MyST."""
    lines = ["```{list-table} How each notebook of this site was executed", ":header-rows: 1", ":class: status", ""]
    lines += ["* - Notebook", "  - Data", "  - World, seed", "  - Seeds of draws", "  - Began (UTC)", "  - Seconds"]
    for run in runs:
        began = f"{run.began:%Y-%m-%d %H:%M}" if run.began else UNKNOWN
        seconds = f"{run.seconds:.1f}" if run.seconds is not None else UNKNOWN
        lines += [
            f"* - [](/notebooks/{run.name}.ipynb)", f"  - {run.source or UNKNOWN}",
            f"  - {f'{run.world}, {run.seed}' if run.seed else UNKNOWN}",
            f"  - {', '.join(map(str, run.draws)) or UNKNOWN}", f"  - {began}", f"  - {seconds}",
        ]  # fmt: skip
    known = [run.seconds for run in runs if run.seconds is not None]
    lines += ["* - **Together**", *["  - "] * 4, f"  - **{sum(known):.1f}**", "```", ""]
    for versions in sorted({run.versions or UNKNOWN for run in runs}):
        ran = [run.name for run in runs if (run.versions or UNKNOWN) == versions]
        which = "All of them ran" if len(ran) == len(runs) else f"{', '.join(f'`{name}`' for name in ran)} ran"
        lines += [f"{which} with {versions}.", ""]
    return lines


class Status(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        runs = []
        for path in sorted(Path(self.env.srcdir, "notebooks").glob("*.ipynb")):
            self.env.note_dependency(str(path))
            runs.append(read_run(path.stem, json.loads(path.read_text(encoding="utf-8"))))
        box = nodes.container()
        self.state.nested_parse(StringList(page(runs), self.env.docname), self.content_offset, box)
        return box.children


def setup(app) -> dict:
    app.add_directive("status", Status)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
