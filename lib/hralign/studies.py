"""Long computations: run in tasks, spread by joblib, kept as they come, and shipped as small JSON.

A study is a list of independent tasks.  Task k depends on the study's seed and k only, so that any backend, any number
of workers and any interruption give the same numbers.  Finished tasks are written to a file beside the result at once;
a run that was stopped goes on from there, and refuses to go on from a file made with another seed, source or version.
"""

from __future__ import annotations

import json
import platform
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from . import multiverse, placebo
from .errors import HralignError
from .hypotheses import fit_alignment
from .panel import build_panel
from .replication import write_json
from .resampling import CLUSTERS, joint_bootstrap
from .simulated import WORLDS, simulate
from .sources import RIGHTS, Sources
from .verdicts import test_hypotheses

RESULTS = Path(str(files("hralign").joinpath("data/studies")))
"""Where the recorded studies lie."""

FORMAT = 1
"""Changes when a study's tasks or columns do, so that old and new results are never mixed."""

HEADLINES = {"table2": "fariss", **{f"table3/{right}": right for right in RIGHTS}}
"""The headline models and the score of each."""

BLOCK = 25
"""Draws per task of a resampling study."""


@dataclass(frozen=True)
class Study:
    """One long computation.

    Attributes
    ----------
    summary : str
        What it asks, in a line.
    size : int
        Draws (or universes) of the recorded run.
    tasks : callable(n)
        The tasks of a run of ``n`` draws, as plain values.
    prepare : callable(Sources)
        What every task needs, computed once.
    run : callable(prepared, task, seed)
        One task's rows.
    """

    summary: str
    size: int
    tasks: Callable[[int], list[Any]]
    prepare: Callable[[Sources], Any]
    run: Callable[[Any, Any, int], pd.DataFrame]


def _blocks(n: int) -> list[list[int]]:
    return [[start, min(start + BLOCK, n)] for start in range(0, n, BLOCK)]


# --- dependence -----------------------------------------------------------------------------------


def _headline_fits(src: Sources) -> dict[str, Any]:
    return {name: fit_alignment(build_panel(src, score)) for name, score in HEADLINES.items()}


def _dependence(fits: Mapping[str, Any], task: list[int], seed: int) -> pd.DataFrame:
    first, end = task
    parts = []
    for by in CLUSTERS:
        draws = joint_bootstrap(fits, by, end - first, seed, start=first, progress=False)
        parts.append(draws[["draw", "model", "duration"]].assign(by=by))
    return pd.concat(parts)


# --- timing ---------------------------------------------------------------------------------------


def _timed_fits(src: Sources) -> dict[str, Any]:
    panels = {name: build_panel(src, score) for name, score in HEADLINES.items()}
    return {f"{name}/{timing}": fit_alignment(panel, timing) for name, panel in panels.items() for timing in _TIMINGS}


_TIMINGS = ("lag", "same", "lead")


def _timing(fits: Mapping[str, Any], task: list[int], seed: int) -> pd.DataFrame:
    first, end = task
    return joint_bootstrap(fits, "state", end - first, seed, start=first, progress=False)[["draw", "model", "duration"]]


# --- placebo --------------------------------------------------------------------------------------


def _placebo(pool: placebo.PlaceboPool, task: list[int], seed: int) -> pd.DataFrame:
    rows = []
    for k in range(*task):
        drawn = placebo.draw_placebo(pool, np.random.default_rng([seed, k]))
        for timing in _TIMINGS:
            fit = fit_alignment(drawn, timing)
            sizes = {"nobs": int(fit.nobs), "cases": int(fit.n_groups)}
            rows.append(
                {"draw": k, "timing": timing, "duration": fit.params["duration"], "se": fit.bse["duration"], **sizes}
            )
    return pd.DataFrame(rows)


def _placebo_curve(pool: placebo.PlaceboPool, task: list[int], seed: int) -> pd.DataFrame:
    parts = []
    for k in range(*task):
        drawn = placebo.draw_placebo(pool, np.random.default_rng([seed, k]))
        near = drawn[drawn["event_year"].between(-10, 20)]
        parts.append(near.groupby("event_year")["distance"].mean().rename("distance").reset_index().assign(draw=k))
    return pd.concat(parts)


# --- measurement ----------------------------------------------------------------------------------


def _measurement(src: Sources, task: list[int], seed: int) -> pd.DataFrame:
    rows = []
    for k in range(*task):
        for version_ in ("fariss", "fariss_v3"):
            noise = np.random.default_rng([seed, k]).standard_normal(len(src.scores))
            drawn = src.scores[version_] + src.scores[f"{version_}_sd"] * noise
            panel = build_panel(src.replace(scores=src.scores.assign(fariss=drawn)))
            fit = fit_alignment(panel)
            rows.append({"draw": k, "score": version_, "duration": fit.params["duration"], "se": fit.bse["duration"],
                         "cases": int(fit.n_groups)})  # fmt: skip
    return pd.DataFrame(rows)


# --- worlds ---------------------------------------------------------------------------------------


def _worlds(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    name, k = task
    src = simulate(name, int(np.random.SeedSequence([seed, k]).generate_state(1)[0]))
    return test_hypotheses(src).reset_index().assign(world=name, draw=k)


STUDIES: Mapping[str, Study] = {
    "dependence": Study("slopes of Tables 2 and 3 when states, IGOs, cases or both are resampled",
                        1000, _blocks, _headline_fits, _dependence),
    "timing": Study("the same slopes by timing of the outcome, states resampled", 500, _blocks, _timed_fits, _timing),
    "placebo": Study("Table 2's slope among placebo members", 200, _blocks, placebo.placebo_pool, _placebo),
    "placebo_curve": Study("distance in event time among placebo members",
                           200, _blocks, placebo.placebo_pool, _placebo_curve),
    "measurement": Study("Table 2's slope with the score drawn from its own uncertainty",
                         100, _blocks, lambda src: src, _measurement),
    "multiverse": Study("Table 2's slope under every combination of choices", len(multiverse.universes()),
                        lambda n: multiverse.panels(), lambda src: src,
                        lambda src, task, seed: multiverse.run_panel(src, **task)),
    "worlds": Study("the paper's four tests in worlds whose truth is known", 200,
                    lambda n: [[name, k] for name in WORLDS for k in range(n)], lambda src: None, _worlds),
}  # fmt: skip
"""Every study by its name in ``hralign study``."""


def find_study(name: str) -> Study:
    """A study by name; an unknown one is an error that lists the known."""
    if name not in STUDIES:
        raise HralignError(f"There is no study '{name}'. Choose one of: {', '.join(STUDIES)}.")
    return STUDIES[name]


def run_study(
    name: str,
    src: Sources,
    n: int | None = None,
    seed: int = 1,
    *,
    path: Path | None = None,
    n_jobs: int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Run a study, or the rest of one, and return its rows in the order of its tasks.

    Parameters
    ----------
    name : str
        One of :data:`STUDIES`.
    src : Sources
        Ignored by ``worlds``, which makes its own.
    n : int, optional
        Draws; those of the recorded run by default.  The multiverse always runs whole.
    seed : int
    path : Path, optional
        Where to write the result, finished tasks going to ``<path>.partial`` meanwhile; nothing is written without.
    n_jobs : int, optional
        Workers, as joblib has it.  Whatever backend is active spreads the tasks: under
        ``joblib.parallel_config(backend="dask")`` they run on a dask cluster.

    Raises
    ------
    HralignError
        If the study is unknown, ``path`` holds part of another run, or a worker dies; finished tasks are kept.
    """
    study = find_study(name)
    tasks = study.tasks(n or study.size)
    head = {"study": name, "format": FORMAT, "source": src.kind, "seed": seed, "tasks": _digest(tasks)}
    head["hralign"] = version("hralign")
    partial = path.with_name(path.name + ".partial") if path else None
    done = _finished(partial, head) if partial else {}
    todo = [k for k in range(len(tasks)) if k not in done]
    if todo:
        prepared = study.prepare(src)
        jobs = (delayed(_task)(name, prepared, k, tasks[k], seed) for k in todo)
        try:
            stream = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(jobs)
            for k, rows in tqdm(stream, total=len(tasks), initial=len(done), desc=name, disable=not progress):
                done[k] = rows
                if partial:
                    _append(partial, {"task": k, "rows": rows})
        except HralignError:
            raise
        except Exception as error:
            kept = f"{len(done)} of {len(tasks)} tasks are kept in {partial}" if partial else "nothing was to be kept"
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise HralignError(
                f"A worker of the study '{name}' died ({why}); {kept}. Run it again to go on."
            ) from error
    table = pd.DataFrame([row for k in range(len(tasks)) for row in done[k]])
    if path:
        write_json(as_json(table, head), path, indent=None)
        partial.unlink(missing_ok=True)
    return table


def _task(name: str, prepared: Any, k: int, task: Any, seed: int) -> tuple[int, list[dict[str, Any]]]:
    rows = STUDIES[name].run(prepared, task, seed)
    return k, json.loads(rows.to_json(orient="records", double_precision=15))


def as_json(table: pd.DataFrame, head: dict[str, Any]) -> dict[str, Any]:
    """A study's rows as columns with what made them: numbers to six significant digits, words as levels and codes."""
    columns: dict[str, Any] = {}
    for column in table:
        values = table[column].astype(object).where(table[column].notna(), None).tolist()
        if any(isinstance(value, str) for value in values):
            codes, levels = pd.factorize(pd.Series(values))
            columns[column] = {"levels": list(levels), "codes": codes.tolist()}
        else:
            columns[column] = [float(f"{value:.6g}") if isinstance(value, float) else value for value in values]
    packages = {package: version(package) for package in ("numpy", "scipy", "pandas")}
    return head | {"versions": {"python": platform.python_version()} | packages, "columns": columns}


def from_json(content: dict[str, Any]) -> pd.DataFrame:
    """The rows that :func:`as_json` wrote; what made them is in ``.attrs``."""
    columns = {}
    for column, values in content["columns"].items():
        if isinstance(values, dict):
            levels = [*values["levels"], None]  # code -1 is missing
            values = [levels[code] for code in values["codes"]]
        columns[column] = values
    table = pd.DataFrame(columns)
    table.attrs.update({key: value for key, value in content.items() if key != "columns"})
    return table


@cache
def recorded(name: str) -> pd.DataFrame:
    """The recorded rows of a study; its seed, source and versions are in ``.attrs``."""
    find_study(name)
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        raise HralignError(f"The study '{name}' has no recorded result. Run `hralign study {name} --record`.")
    return from_json(json.loads(path.read_text("utf-8")))


def _digest(tasks: list[Any]) -> str:
    return f"{len(tasks)}-{zlib.crc32(json.dumps(tasks).encode()):08x}"


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(line) + "\n")


def _finished(path: Path, head: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Tasks already in a partial file of the same run; a new file is begun with the head of this one."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        _append(path, head)
        return {}
    lines = path.read_text("utf-8").splitlines()
    found = json.loads(lines[0])
    other = [f"{key} {found.get(key)!r} instead of {value!r}" for key, value in head.items() if found.get(key) != value]
    if other:
        raise HralignError(
            f"{path} holds part of another run ({'; '.join(other)}). Finish it, or move the file away and start anew."
        )
    done = {}
    for line in lines[1:]:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:  # the line that was being written when the run was stopped
            continue
        done[entry["task"]] = entry["rows"]
    return done
