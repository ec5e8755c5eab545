"""Estimation samples of the real data under every coding with a name, for lme4.

``python tests/oracle/codings.py FOLDER`` writes each as a CSV for R.  They are rows of the real data: the folder is a
temporary one, and only lme4's answers are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from hralign.coding import CODINGS
from hralign.panel import build_panel
from hralign.sources.tables import Sources
from hralign.sources.vocabulary import RIGHTS
from hralign.study.alignment import estimation_sample

MODELS = {"table2/lag": "fariss", **{f"table3/{right}/lag": right for right in RIGHTS}}


def samples(src: Sources, coding: str) -> dict[str, pd.DataFrame]:
    """Estimation sample of each model under one coding."""
    return {model: estimation_sample(build_panel(src, score, coding=coding)) for model, score in MODELS.items()}


if __name__ == "__main__":
    from hralign.sources.real import load_real

    folder, source = Path(sys.argv[1]), load_real()
    for coding in CODINGS:
        for model, rows in samples(source, coding).items():
            rows.to_csv(folder / f"{coding}+{model.replace('/', '+')}.csv", index=False, float_format="%.17g")
