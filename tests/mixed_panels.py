"""The awkward panels of the oracle, fitted: what the tests of the mixed model share."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from hralign.mixed import MixedFit, MixedModel

ORACLE = Path(__file__).parent / "oracle"
sys.path.insert(0, str(ORACLE))
import panels as oracle  # noqa: E402

PANELS = oracle.make_panels()
LME4 = json.loads((ORACLE / "lme4_panels.json").read_text())["panels"]


def fit_panel(name: str, **columns) -> MixedFit:
    panel = PANELS[name]
    return MixedModel(panel.frame.assign(**columns), "y", panel.terms, "g", panel.slope).fit()


def model_of(frame: pd.DataFrame, terms=("t", "x1", "x2")) -> MixedModel:
    return MixedModel(frame, "y", list(terms), "g", "t")


def replicated(frame: pd.DataFrame, weights: dict) -> pd.DataFrame:
    """Each group standing as often as it weighs, as groups of their own."""
    copies = [rows.assign(g=f"{g}/{k}") for g, rows in frame.groupby("g") for k in range(int(weights[g]))]
    return pd.concat(copies, ignore_index=True)


def dense(fit, frame: pd.DataFrame, terms: list[str], slope: str):
    """REML log-likelihood, GLS coefficients, their covariance and BLUPs from n × n matrices, given the variances."""
    x = np.column_stack([np.ones(len(frame)), *(frame[term] for term in terms)])
    z, y = np.column_stack([np.ones(len(frame)), frame[slope]]), frame["y"].to_numpy()
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    v = same * (z @ fit.cov_re.to_numpy() @ z.T) + fit.scale * np.eye(len(y))
    v_inv = np.linalg.inv(v)
    cov = np.linalg.inv(x.T @ v_inv @ x)
    beta = cov @ x.T @ v_inv @ y
    rest = y - x @ beta
    log_dets = np.linalg.slogdet(v)[1] - np.linalg.slogdet(cov)[1]
    llf = -0.5 * (log_dets + rest @ v_inv @ rest + (len(y) - x.shape[1]) * np.log(2 * np.pi))
    pull = z * (v_inv @ rest)[:, None]
    modes = pd.DataFrame(pull).groupby(frame["g"].to_numpy()).sum() @ fit.cov_re.to_numpy()
    return llf, beta, cov, modes.to_numpy()
