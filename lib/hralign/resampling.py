"""How far the estimates would move had other states, IGOs or cases been drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from tqdm import tqdm

from .errors import HralignError
from .mixed import MixedFit

CLUSTERS = {"state": ("state",), "igo": ("igo",), "case": ("case",), "two-way": ("state", "igo")}
"""What can be drawn: whole states, IGOs or cases, or states and IGOs independently of each other."""


def draw_clusters(clusters: pd.Index, rng: np.random.Generator) -> pd.Series:
    """How often each cluster occurs when as many are drawn, with replacement, as there are."""
    drawn = np.bincount(rng.integers(len(clusters), size=len(clusters)), minlength=len(clusters))
    return pd.Series(drawn.astype(float), index=clusters)


def cluster_bootstrap(
    fit: MixedFit, by: str = "state", n: int = 1000, seed: int = 1, *, progress: bool = True
) -> pd.DataFrame:
    """Refit a model on samples of whole clusters drawn with replacement.

    A case drawn twice counts as two cases, by case weights on its cross-products, so that no data are
    copied.  Each refit starts from the variance parameters of the original fit.

    Parameters
    ----------
    fit : MixedFit
        From :func:`hralign.hypotheses.fit_alignment`.
    by : {"state", "igo", "case", "two-way"}
        What is drawn.  Two-way draws states and IGOs separately; a case counts as often as its state times as often
        as its IGO (the pigeonhole bootstrap of Owen 2007, Ann. Appl. Stat. 1(2), which errs on the wide side).
    n : int
        Number of samples.
    seed : int
        Draw k depends on ``seed`` and k only, not on how many are drawn.

    Returns
    -------
    DataFrame
        One row per draw: ``draw``, one column per term, ``scale``, ``llf``, ``singular``.  Missing where a draw
        leaves a term constant.

    Raises
    ------
    HralignError
        If ``by`` is unknown, ``n`` is less than 1, or there are fewer than two clusters.
    """
    return joint_bootstrap({"": fit}, by, n, seed, progress=progress).drop(columns="model")


def joint_bootstrap(
    fits: Mapping[str, MixedFit],
    by: str = "state",
    n: int = 1000,
    seed: int = 1,
    *,
    start: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Refit several models on the *same* samples of clusters, so that differences between them can be judged.

    Parameters, columns and errors are those of :func:`cluster_bootstrap`; ``model`` names the fit of each row.
    Clusters are those that occur in any of the fits; ``start`` is the number of the first draw.
    """
    if by not in CLUSTERS:
        raise HralignError(f"Cannot resample by '{by}'. Choose one of: {', '.join(CLUSTERS)}.")
    if n < 1:
        raise HralignError(f"n = {n} samples were asked for; ask for at least 1.")
    cases = {name: fit.model.frame.drop_duplicates("case").set_index("case", drop=False) for name, fit in fits.items()}
    pools = {key: pd.Index(sorted(set().union(*(rows[key] for rows in cases.values())))) for key in CLUSTERS[by]}
    for key, pool in pools.items():
        if len(pool) < 2:
            raise HralignError(f"There is only one {key} in the sample: resampling by {key} needs at least two.")
    rows = []
    for k in tqdm(range(start, start + n), desc=f"Bootstrap by {by}", disable=not progress):
        rng = np.random.default_rng([seed, k])
        times = {key: draw_clusters(pool, rng) for key, pool in pools.items()}
        for name, fit in fits.items():
            weights = np.prod([cases[name][key].map(drawn) for key, drawn in times.items()], axis=0)
            rows.append({"draw": k, "model": name, **_refit(fit, pd.Series(weights, index=cases[name].index))})
    return pd.DataFrame(rows)


def _refit(fit: MixedFit, weights: pd.Series) -> dict[str, float]:
    """One refit as a row; missing where the draw does not identify the model (no human-rights IGO drawn, say)."""
    try:
        refit = fit.model.fit(weights=weights, start=fit.theta)
    except HralignError:
        return {**dict.fromkeys([*fit.params.index, "scale", "llf"], np.nan), "singular": True}
    return {**refit.params, "scale": refit.scale, "llf": refit.llf, "singular": refit.singular}


def cluster_covariance(fit: MixedFit, by: str = "state", weights: pd.Series | None = None) -> pd.DataFrame:
    """Covariance of the fixed effects that allows for any dependence within clusters.

    The sandwich of Liang & Zeger (1986, Biometrika 73(1)): B (sum over clusters of u u') B c / (c - 1), with
    B = (X'V⁻¹X)⁻¹, u = X'V⁻¹(y - Xβ) of a cluster and c clusters.  Two-way: that by state plus that by IGO less
    that by case (Cameron, Gelbach & Miller 2011, J. Bus. Econ. Stat. 29(2)), negative eigenvalues set to 0.

    Returns
    -------
    DataFrame
        (terms, terms), in squared units of the estimates.
    """
    if by not in CLUSTERS:
        raise HralignError(f"Cannot cluster by '{by}'. Choose one of: {', '.join(CLUSTERS)}.")
    if by == "two-way":
        parts = {one: cluster_covariance(fit, one, weights) for one in ("state", "igo", "case")}
        both = parts["state"] + parts["igo"] - parts["case"]
        values, vectors = np.linalg.eigh(both.to_numpy())
        return pd.DataFrame((vectors * np.maximum(values, 0)) @ vectors.T, index=both.index, columns=both.columns)
    scores = _score_by_case(fit)
    if weights is not None:
        scores = scores.mul(weights.reindex(scores.index), axis=0)
    cases = fit.model.frame.drop_duplicates("case").set_index("case", drop=False)
    clusters = scores.groupby(cases[by].reindex(scores.index).to_numpy()).sum().to_numpy()
    if len(clusters) < 2:
        raise HralignError(f"There is only one {by} in the sample: clustering by {by} needs at least two.")
    bread = fit.cov_params.to_numpy()
    meat = clusters.T @ clusters * len(clusters) / (len(clusters) - 1)
    return pd.DataFrame(bread @ meat @ bread, index=fit.cov_params.index, columns=fit.cov_params.columns)


def _score_by_case(fit: MixedFit) -> pd.DataFrame:
    """X'V⁻¹(y - Xβ) of each case; V⁻¹ by Woodbury's identity in a form that a singular G leaves intact."""
    frame, model = fit.model.frame, fit.model
    x = np.column_stack([np.ones(len(frame)), frame[model.terms[1:]].to_numpy(float)])
    z = np.column_stack([np.ones(len(frame)), frame[model.slope].to_numpy(float)])
    rest = frame[model.outcome].to_numpy(float) - x @ fit.params.to_numpy()
    codes, cases = pd.factorize(frame["case"])

    def per_case(values: np.ndarray) -> np.ndarray:
        out = np.zeros((len(cases), *values.shape[1:]))
        np.add.at(out, codes, values)
        return out

    zz, zr, zx = per_case(z[:, :, None] * z[:, None]), per_case(z * rest[:, None]), per_case(z[:, :, None] * x[:, None])
    g = fit.cov_re.to_numpy()
    shrink = g @ np.linalg.inv(fit.scale * np.eye(2) + zz @ g)
    pulled = np.einsum("gij,gj->gi", shrink, zr)
    scores = (per_case(x * rest[:, None]) - np.einsum("gip,gi->gp", zx, pulled)) / fit.scale
    return pd.DataFrame(scores, index=cases, columns=fit.params.index)
