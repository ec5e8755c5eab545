"""Seconds and memory of the mixed model next to lme4 and statsmodels, in one run on one core.

    python tests/benchmark/bench_mixed.py [--no-statsmodels] [--refits 1000] [--lme4-refits 5] [--rows FILE]

Timed are one fit of Table 2 from its built rows, and bootstrap refits by state. Each contender runs in a process of
its own, so that its peak memory is its own. ``--rows`` takes a file of rows instead of building the panel.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
import json
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
KEYS = ["case", "state", "igo", "outcome"]
Z = ["year", "gdp", "delegation", "members"]


def table2_sample() -> pd.DataFrame:
    """Estimation sample of Table 2: case, state, igo, outcome and the terms, standardised."""
    import hralign as hr

    panel = hr.build_panel(hr.load_sources("auto"), score="fariss")
    return hr.estimation_sample(panel, timing="lag")


def sample_from(file: Path) -> pd.DataFrame:
    """The same from a file of unstandardised rows."""
    rows = pd.read_csv(file).rename(columns={"distance_lag": "outcome"})
    terms = ["duration", "year", "gdp", "iccpr", "civil_war", "delegation", "human_rights_igo", "members"]
    rows[Z] = (rows[Z] - rows[Z].mean()) / rows[Z].std()
    return rows[[*KEYS, *terms, "d_igo_mean"]]


def terms_of(rows: pd.DataFrame) -> list[str]:
    return [name for name in rows.columns if name not in KEYS]


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def draw_states(states: np.ndarray, draws: int) -> np.ndarray:
    """(draws, states) states drawn with replacement."""
    return np.random.default_rng(1).choice(states, size=(draws, len(states)))


def time_ours(file: Path, refits: int) -> dict:
    from hralign.mixed import MixedModel

    rows, seconds = pd.read_csv(file), []
    for _ in range(5):  # the first time warms up imports; the median is reported
        begin = time.perf_counter()
        model = MixedModel(rows, "outcome", terms_of(rows), "case", "duration")
        fit = model.fit()
        seconds.append(time.perf_counter() - begin)
    states = np.unique(rows["state"])
    state_of_case = rows.groupby("case")["state"].first().reindex(model.groups).to_numpy()
    place, draws = np.searchsorted(states, state_of_case), draw_states(states, refits)
    begin = time.perf_counter()
    for draw in draws:
        model.fit(np.bincount(np.searchsorted(states, draw), minlength=len(states))[place])
    took = time.perf_counter() - begin
    version = f"numpy {np.__version__}, Python {platform.python_version()}"
    return {"fit": float(np.median(seconds)), "llf": fit.llf, "refits": took, "peak_mb": peak_mb(), "version": version}


def time_statsmodels(file: Path) -> dict:
    import statsmodels
    import statsmodels.api as sm

    rows = pd.read_csv(file)
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x, z = sm.add_constant(rows[terms_of(rows)]), sm.add_constant(rows[["duration"]])
        fit = sm.MixedLM(rows["outcome"], x, rows["case"], z).fit(reml=True)
    took = time.perf_counter() - begin
    version = f"statsmodels {statsmodels.__version__}"
    return {"fit": took, "llf": float(fit.llf), "peak_mb": peak_mb(), "version": version}


def in_own_process(command: list[str]) -> dict:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def has_lme4() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False).returncode == 0


def compare(rows: pd.DataFrame, refits: int, lme4_refits: int, statsmodels: bool) -> dict[str, dict]:
    with tempfile.TemporaryDirectory() as folder:
        file, picks = Path(folder) / "rows.csv", Path(folder) / "picks.csv"
        rows.to_csv(file, index=False)
        itself = [sys.executable, __file__, "--file", str(file)]
        results = {"hralign": in_own_process([*itself, "--refits", str(refits), "--contender", "ours"])}
        if has_lme4():
            draws = draw_states(np.unique(rows["state"]), refits)[:lme4_refits]
            pd.DataFrame(draws.T).to_csv(picks, index=False)
            lme4 = in_own_process(["Rscript", str(HERE / "lme4_bench.R"), str(file), str(picks)])
            results["lme4"] = {**lme4, "refits": float(np.mean(lme4["refits"])) * refits}
        if statsmodels:
            results["statsmodels"] = in_own_process([*itself, "--contender", "statsmodels"])
    return results


def report(rows: pd.DataFrame, results: dict[str, dict], refits: int, lme4_refits: int) -> str:
    ours = results["hralign"]
    lines = [
        f"{len(rows)} rows, {rows['case'].nunique()} cases, {rows['state'].nunique()} states, one core",
        f"{'':12s}{'one fit, s':>12s}{'ratio':>8s}{f'{refits} refits, s':>18s}{'ratio':>8s}"
        f"{'peak MB':>10s}{'log-likelihood':>17s}  versions",
    ]
    for name, result in results.items():
        again = result.get("refits")
        lines.append(
            f"{name:12s}{result['fit']:12.3f}{result['fit'] / ours['fit']:8.1f}"
            + (f"{again:18.1f}{again / ours['refits']:8.1f}" if again else f"{'-':>18s}{'-':>8s}")
            + f"{result['peak_mb']:10.0f}{result['llf']:17.4f}  {result['version']}"
        )
    if "lme4" in results:
        lines.append(f"lme4's {refits} refits are extrapolated from {lme4_refits}; ours are all run.")
    lines.append("One fit of ours is the median of five, from the frame; the others are fitted once.")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-statsmodels", action="store_true", help="skip it: it takes longest")
    parser.add_argument("--refits", type=int, default=1000)
    parser.add_argument("--lme4-refits", type=int, default=5, help="how many refits to time in lme4")
    parser.add_argument("--rows", type=Path, help="a CSV of unstandardised rows, instead of the built panel")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--contender", choices=["ours", "statsmodels"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender == "ours":
        print(json.dumps(time_ours(options.file, options.refits)))
    elif options.contender == "statsmodels":
        print(json.dumps(time_statsmodels(options.file)))
    else:
        rows = sample_from(options.rows) if options.rows else table2_sample()
        results = compare(rows, options.refits, options.lme4_refits, not options.no_statsmodels)
        print(report(rows, results, options.refits, options.lme4_refits))


if __name__ == "__main__":
    main()
