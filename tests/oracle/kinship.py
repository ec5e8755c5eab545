"""Panels whose groups belong to states and IGOs, for lme4 and clubSandwich: two from seeds, and Table 2's rows.

``python tests/oracle/kinship.py FOLDER`` writes each as a CSV for R.  The rows of Table 2 are real data: the folder is
a temporary one, and only R's answers are kept.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

TERMS = {"crossed": ["t", "x1"], "few": ["t", "x1", "x2"]}
"""Fixed effects of the panels from seeds; group, slope and outcome are ``case``, ``t`` and ``outcome``."""


def kinship(name: str, states: int, igos: int, cases: int, shared: tuple[float, float, float]) -> pd.DataFrame:
    """Cases of one state in one IGO each; levels and slopes of states and levels of IGOs vary by ``shared``."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    pairs = rng.choice(states * igos, size=cases, replace=False)
    size = rng.integers(3, 15, size=cases)
    case = np.repeat(np.arange(cases), size)
    t = np.concatenate([np.arange(n) + 1.0 for n in size])
    state, igo = pairs[case] // igos, pairs[case] % igos
    x1, x2 = rng.normal(size=(2, len(t)))
    x2 = x2 + rng.normal(size=states)[state]
    level, slope = rng.normal(size=(2, cases)) * [[0.6], [0.05]]
    of_state = rng.normal(size=(2, states)) * [[shared[0]], [shared[1]]]
    of_igo = shared[2] * rng.normal(size=igos)
    y = -1 + 0.05 * t + 0.3 * x1 + level[case] + of_state[0, state] + of_igo[igo]
    y = y + (slope[case] + of_state[1, state]) * t + 0.4 * rng.normal(size=len(t))
    return pd.DataFrame({"case": [f"c{k:03d}" for k in case], "state": state, "igo": igo, "outcome": y,
                         "t": t, "x1": x1, "x2": x2})  # fmt: skip


def panels() -> dict[str, pd.DataFrame]:
    """The panels from seeds; the same on every machine."""
    return {
        "crossed": kinship("crossed", states=25, igos=12, cases=120, shared=(0.8, 0.1, 0.5)),
        "few": kinship("few", states=7, igos=6, cases=30, shared=(0.5, 0.1, 0.0)),
    }


def table2() -> pd.DataFrame:
    """Rows of Table 2 under the default coding, with each state's region."""
    from hralign.panel import build_panel
    from hralign.sources.real import load_real
    from hralign.study.alignment import estimation_sample

    src = load_real()
    rows = estimation_sample(build_panel(src))
    return rows.assign(region=rows["state"].map(src.states.set_index("state")["region"]))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for label, frame in {**panels(), "table2": table2()}.items():
        frame.to_csv(folder / f"{label}.csv", index=False, float_format="%.17g")
