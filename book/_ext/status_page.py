"""What the status page says of each notebook, read from the notebooks of this build.

``{status}`` writes a table: the data each notebook ran on, its seeds, when it ran and for how long; and below it the
versions of what ran it.  Everything is taken from the executed notebooks: the times that Jupyter keeps of every cell,
and the facts that ``hr.banner`` and ``hr.versions`` put into the outputs of theirs.
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

from hralign.record.collect import PAGE, bundles

SEED = re.compile(r"\b(?:seed=|default_rng\()(\d+|\[\d+)")
UNKNOWN = "–"


@dataclass(frozen=True)
class Run:
    """How one notebook was executed; None where it does not tell."""

    name: str
    source: str | None
    world: str | None
    seed: int | None
    draws: tuple[int, ...]
    began: datetime | None
    seconds: float | None
    versions: str | None


def read_run(name: str, notebook: dict) -> Run:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    facts = {key: value for _, said in bundles(notebook, PAGE) for key, value in said.items()}
    times = sorted(
        datetime.fromisoformat(moment).astimezone(UTC)
        for cell in cells
        for moment in cell["metadata"].get("execution", {}).values()
    )
    seeds = {int(seed.strip("[")) for cell in cells for seed in SEED.findall("".join(cell["source"]))}
    return Run(
        name,
        source=facts.get("source"),
        world=facts.get("world"),
        seed=facts.get("seed"),
        draws=tuple(sorted(seeds)),
        began=times[0] if times else None,
        seconds=(times[-1] - times[0]).total_seconds() if times else None,
        versions=", ".join(f"{name} {number}" for name, number in facts.get("versions", {}).items()) or None,
    )


def page(runs: list[Run]) -> list[str]:
    """The table and the versions, in MyST."""
    lines = ["```{list-table} How each notebook of this site was executed", ":header-rows: 1", ":class: status", ""]
    lines += ["* - Notebook", "  - Data", "  - World, seed", "  - Seeds of draws", "  - Began (UTC)", "  - Seconds"]
    for run in runs:
        began = f"{run.began:%Y-%m-%d %H:%M}" if run.began else UNKNOWN
        seconds = f"{run.seconds:.1f}" if run.seconds is not None else UNKNOWN
        lines += [
            f"* - [](/notebooks/{run.name}.ipynb)", f"  - {run.source or UNKNOWN}",
            f"  - {f'{run.world}, {run.seed}' if run.world else UNKNOWN}",
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
