"""Long computations: run in tasks, spread by joblib, kept as they come, and shipped as small JSON.

A study is a list of independent tasks.  Task k depends on the study's seed and k only, so that any backend, any number
of workers and any interruption give the same numbers.  Finished tasks are written to a file beside the result at once;
a run that was stopped goes on from there, and refuses to go on from a file made with another seed, source or version.
"""

from __future__ import annotations

import json
import platform
import zlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed

from .errors import HralignError
from .progress import progress_bar
from .replication import write_json
from .sources import Sources
from .tasks import STUDIES, Study

RESULTS = Path(str(files("hralign").joinpath("data/studies")))
"""Where the recorded studies lie."""

FORMAT = 1
"""Changes when a study's tasks or columns do, so that old and new results are never mixed."""


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
        If the study is unknown, ``n`` is less than 1, ``path`` holds part of another run or cannot be written,
        or a worker dies; finished tasks are kept.
    """
    study = find_study(name)
    if n is not None and n < 1:
        raise HralignError(f"n = {n} draws were asked for; ask for at least 1.")
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
            for k, rows in progress_bar(stream, shown=progress, total=len(tasks), initial=len(done), desc=name):
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
        raise HralignError(
            f"The study '{name}' has no recorded result. Run `hralign study {name} --source real --record`."
        )
    content = json.loads(path.read_text("utf-8"))
    if (content.get("study"), content.get("format")) != (name, FORMAT):
        raise HralignError(
            f"{path} holds the study '{content.get('study')}' in format {content.get('format')}, not '{name}' in "
            f"format {FORMAT}: it was made by another version. Run `hralign study {name} --source real --record`."
        )
    return from_json(content)


def _digest(tasks: list[Any]) -> str:
    return f"{len(tasks)}-{zlib.crc32(json.dumps(tasks).encode()):08x}"


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(line) + "\n")


def _finished(path: Path, head: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Tasks already in a partial file of the same run; a new file is begun with the head of this one."""
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _append(path, head)
        except OSError as error:
            raise HralignError(f"{path} cannot be written ({error.strerror}). Choose another file.") from None
        return {}
    lines = path.read_text("utf-8").splitlines() or [""]
    try:
        found = json.loads(lines[0])
    except json.JSONDecodeError:
        raise HralignError(f"{path} is no part of a study. Move it away, or choose another file.") from None
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
