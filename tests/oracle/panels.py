"""Awkward panels for the mixed model, made from seeds. The tests fit them; lme4's answers are recorded.

``python tests/oracle/panels.py FOLDER`` writes each as a CSV for R, and ``panels.json`` with terms and slope.
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

REFERENCE = {  # model -> (file of rows, outcome)
    "table2/lag": ("rows_table2.csv.gz", "distance_lag"),
    "table2/same": ("rows_table2.csv.gz", "distance"),
    "table2/lead": ("rows_table2.csv.gz", "distance_lead"),
    "table3/disappearances/lag": ("rows_disappearances.csv.gz", "distance_lag"),
}
REFERENCE_TERMS = [
    *("duration", "year", "log_gdp", "iccpr", "civil_war"),
    *("delegation", "human_rights_igo", "members", "d_igo_mean"),
]


class Panel(NamedTuple):
    frame: pd.DataFrame  # columns g (group), y (outcome), t (slope) and the terms
    terms: list[str]
    slope: str = "t"


def _simulate(name: str, sizes, sd=(1.0, 0.2), rho=0.0, noise=0.5, terms=("t", "x1", "x2")) -> Panel:
    """y = 1 + 0.1 t + 0.5 x1 − 0.3 x2 + b0 + b1 t + noise, t the nth row of the group; seeded by the name."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    sizes = np.asarray(sizes)
    group, t = np.repeat(np.arange(len(sizes)), sizes), np.concatenate([np.arange(n) for n in sizes]) + 1.0
    x = rng.normal(size=(len(t), 2)) + rng.normal(size=(len(sizes), 2))[group]
    z = rng.normal(size=(len(sizes), 2))
    b0, b1 = sd[0] * z[:, 0], sd[1] * (rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1])
    y = 1 + 0.1 * t + x @ [0.5, -0.3] + b0[group] + b1[group] * t + noise * rng.normal(size=len(t))
    labels = np.array([f"g{i:04d}" for i in range(len(sizes))])[group]
    return Panel(pd.DataFrame({"g": labels, "y": y, "t": t, "x1": x[:, 0], "x2": x[:, 1]}), list(terms))


def _altered(panel: Panel, slope: str = "t", **columns) -> Panel:
    return Panel(panel.frame.assign(**columns), panel.terms, slope)


def make_panels() -> dict[str, Panel]:
    """All panels by name; the same on every machine."""
    panels = {
        "plain": _simulate("plain", [8] * 30),
        "singular_slope": _simulate("singular_slope", [6] * 25, sd=(1.0, 0.0)),
        "singular_intercept": _simulate("singular_intercept", [6] * 25, sd=(0.0, 0.3)),
        "no_varying_effects": _simulate("no_varying_effects", [6] * 25, sd=(0.0, 0.0)),
        "two_groups": _simulate("two_groups", [12, 15]),
        "groups_of_one_row": _simulate("groups_of_one_row", [1] * 15 + [2] * 5 + [7] * 15),
        "unbalanced": _simulate("unbalanced", [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]),
        "correlation_plus_one": _simulate("correlation_plus_one", [7] * 30, sd=(1.0, 0.3), rho=1.0),
        "correlation_minus_one": _simulate("correlation_minus_one", [7] * 20, rho=-1.0),
        "negative_correlation": _simulate("negative_correlation", [10] * 40, sd=(2.0, 0.3), rho=-0.8),
        "slope_not_a_term": _simulate("slope_not_a_term", [8] * 25, terms=("x1", "x2")),
        "only_an_intercept": _simulate("only_an_intercept", [8] * 25, terms=()),
        "little_noise": _simulate("little_noise", [5] * 20, noise=1e-3),
        "much_noise": _simulate("much_noise", [5] * 40, sd=(0.3, 0.05), noise=5.0),
        "many_rows": _simulate("many_rows", [40] * 500, rho=0.4),
        "many_small_groups": _simulate("many_small_groups", [3] * 800),
    }
    x = _simulate("scales", [8] * 30)
    panels["huge_scale"] = _altered(x, y=x.frame["y"] * 1e8, x1=x.frame["x1"] * 1e8)
    panels["tiny_scale"] = _altered(x, y=x.frame["y"] * 1e-8, x1=x.frame["x1"] * 1e-8)
    x = _simulate("near_collinear", [8] * 30)
    panels["near_collinear"] = _altered(x, x2=x.frame["x1"] + 1e-4 * x.frame["x2"])
    x = _simulate("slope_fixed_within_groups", [6] * 40)
    panels["slope_fixed_within_groups"] = _altered(x, t=x.frame["x1"].groupby(x.frame["g"]).transform("mean"))
    x = _simulate("calendar_years", [9] * 30)
    panels["calendar_years"] = _altered(x, t=x.frame["t"] + 1990)  # the slope's zero lies far from the rows
    x = _simulate("binary_slope", [8] * 30)
    panels["binary_slope"] = _altered(x, t=(x.frame["t"] > 4).astype(float))
    return panels


def standardised_rows(folder: Path, model: str) -> pd.DataFrame:
    """Rows of a reference model, complete on the outcome; z-scores (sample SD) taken within them."""
    file, outcome = REFERENCE[model]
    rows = pd.read_csv(folder / file).dropna(subset=[outcome])
    z = ["year", "log_gdp", "delegation", "members"]
    return rows.assign(**{name: (rows[name] - rows[name].mean()) / rows[name].std() for name in z})


if __name__ == "__main__":
    target = Path(sys.argv[1])
    made = make_panels()
    for label, panel in made.items():
        panel.frame.to_csv(target / f"{label}.csv", index=False)
    specification = {label: {"terms": panel.terms, "slope": panel.slope} for label, panel in made.items()}
    (target / "panels.json").write_text(json.dumps(specification))
