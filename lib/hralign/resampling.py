"""How far the estimates would move had other states, IGOs or cases been drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from tqdm import tqdm

from .errors import HralignError
from .mixed import MixedFit

CLUSTERS = ("state", "igo", "case")


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
    by : {"state", "igo", "case"}
        What is drawn.
    n : int
        Number of samples.
    seed : int
        Draw k depends on ``seed`` and k only, not on how many are drawn.

    Returns
    -------
    DataFrame
        One row per draw: ``draw``, one column per term, ``scale``, ``llf``, ``singular``.

    Raises
    ------
    HralignError
        If ``by`` is unknown, ``n`` is less than 1, or there are fewer than two clusters.
    """
    return joint_bootstrap({"": fit}, by, n, seed, progress=progress).drop(columns="model")


def joint_bootstrap(
    fits: Mapping[str, MixedFit], by: str = "state", n: int = 1000, seed: int = 1, *, progress: bool = True
) -> pd.DataFrame:
    """Refit several models on the *same* samples of clusters, so that differences between them can be judged.

    Parameters, columns and errors are those of :func:`cluster_bootstrap`; ``model`` names the fit of each row.
    Clusters are those that occur in any of the fits.
    """
    if by not in CLUSTERS:
        raise HralignError(f"Cannot resample by '{by}'. Choose one of: {', '.join(CLUSTERS)}.")
    if n < 1:
        raise HralignError(f"n = {n} samples were asked for; ask for at least 1.")
    groups = {
        name: fit.model.frame.drop_duplicates("case").set_index("case", drop=False)[by] for name, fit in fits.items()
    }
    clusters = pd.Index(sorted(set().union(*groups.values())))
    if len(clusters) < 2:
        raise HralignError(f"There is only one {by} in the sample: resampling by {by} needs at least two.")
    rows = []
    for k in tqdm(range(n), desc=f"Bootstrap by {by}", disable=not progress):
        times = draw_clusters(clusters, np.random.default_rng([seed, k]))
        for name, fit in fits.items():
            refit = fit.model.fit(weights=groups[name].map(times), start=fit.theta)
            extra = {"scale": refit.scale, "llf": refit.llf, "singular": refit.singular}
            rows.append({"draw": k, "model": name, **refit.params, **extra})
    return pd.DataFrame(rows)
