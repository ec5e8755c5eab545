"""How far the estimates would move had other states, IGOs or cases been drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from tqdm import tqdm

from .errors import HralignError
from .mixed import MixedFit

CLUSTERS = ("state", "igo", "case")


def cluster_weights(groups: pd.DataFrame, by: str, rng: np.random.Generator) -> pd.Series:
    """How often each case occurs in one bootstrap sample of whole clusters.

    Parameters
    ----------
    groups : DataFrame
        One row per case, indexed by case, with a column ``by``.
    by : str
        Column that names the clusters; as many are drawn, with replacement, as there are.

    Returns
    -------
    Series of float
        Multiplicity per case: all cases of a cluster share their cluster's.
    """
    codes, clusters = pd.factorize(groups[by])
    drawn = np.bincount(rng.integers(len(clusters), size=len(clusters)), minlength=len(clusters))
    return pd.Series(drawn[codes].astype(float), index=groups.index)


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
    if by not in CLUSTERS:
        raise HralignError(f"Cannot resample by '{by}'. Choose one of: {', '.join(CLUSTERS)}.")
    if n < 1:
        raise HralignError(f"n = {n} samples were asked for; ask for at least 1.")
    groups = fit.model.frame.drop_duplicates("case").set_index("case", drop=False)
    if groups[by].nunique() < 2:
        raise HralignError(f"There is only one {by} in the sample: resampling by {by} needs at least two.")
    draws = []
    for k in tqdm(range(n), desc=f"Bootstrap by {by}", disable=not progress):
        weights = cluster_weights(groups, by, np.random.default_rng([seed, k]))
        refit = fit.model.fit(weights=weights, start=fit.theta)
        draws.append({"draw": k, **refit.params, "scale": refit.scale, "llf": refit.llf, "singular": refit.singular})
    return pd.DataFrame(draws)
