"""What the package diff-diff makes of a staggered panel: written to event_time.json beside this file.

    pip install --target /some/folder --no-deps diff-diff==3.13.0
    PYTHONPATH=/some/folder:tests python tests/oracle/event_time.py

It is no dependency of the project: one set of numbers from it is enough to hold ours against.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

NEVER = 9999


def staggered(seed: int = 3, n: int = 80) -> pd.DataFrame:
    """States that join in one of three years or never; effects grow, twice as fast in the first cohort."""
    rng = np.random.default_rng(seed)
    accession = rng.choice([1976, 1980, 1984, NEVER], n, p=[0.2, 0.25, 0.2, 0.35])
    states = pd.DataFrame({"state": np.arange(1, n + 1), "accession": accession, "level": rng.normal(0, 1, n)})
    rows = states.merge(pd.DataFrame({"year": np.arange(1970, 1994)}), how="cross")
    since = (rows["year"] - rows["accession"] + 1).clip(lower=0)
    effect = 0.02 * since * np.where(rows["accession"] < 1980, 2, 1)
    noise = rng.normal(0, 0.3, len(rows))
    return rows.assign(score=rows["level"] + 0.03 * (rows["year"] - 1970) + noise + effect)


def main() -> None:
    import diff_diff

    rows = staggered()
    rows["first"] = rows["accession"].where(rows["accession"] < NEVER, 0)
    names = {"outcome": "score", "unit": "state", "time": "year", "first_treat": "first"}
    fits = {
        "callaway_santanna": diff_diff.CallawaySantAnna(control_group="not_yet_treated", base_period="universal").fit(
            rows, **names, aggregate="event_study"
        ),
        "sun_abraham": diff_diff.SunAbraham(control_group="never_treated").fit(rows, **names),
    }
    found = {
        name: [
            {"event_year": int(year), "estimate": float(one["effect"]), "std_error": float(one["se"])}
            for year, one in sorted(fit.event_study_effects.items())
            if year != -1
        ]
        for name, fit in fits.items()
    }
    text = json.dumps({"made_by": f"diff-diff {diff_diff.__version__}", **found}, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
