"""How far the estimates would move had other clusters been drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from ..progress import progress_bar
from .clusters import By, check_number, clusters_of, columns_of
from .fit import MixedFit


def draw_clusters(count: int, rng: np.random.Generator) -> np.ndarray:
    """(count,) how often each cluster occurs when as many are drawn, with replacement, as there are."""
    drawn = rng.integers(count, size=count)  # 64 bits wherever it runs, so that draws are the same everywhere
    return np.bincount(drawn.astype(np.intp), minlength=count).astype(float)


def cluster_bootstrap(
    fit: MixedFit, by: By = "state", n: int = 1000, seed: int = 1, *, progress: bool = True
) -> pd.DataFrame:
    """Refit a model on samples of whole clusters drawn with replacement.

    A group drawn twice counts as two groups, by group weights on its cross-products, so that no data are copied.
    Weights of ``fit`` itself count on.  Each refit starts from the variance parameters of the original fit.

    Parameters
    ----------
    fit : MixedFit
        Any fit; its model's rows have the columns ``by``.
    by : str or tuple of two str
        Column of ``fit.model.frame`` that names the cluster of each row.  Two columns are drawn separately; a group
        counts as often as its one cluster times as often as its other (the pigeonhole bootstrap of Owen 2007, Ann.
        Appl. Stat. 1(2), which errs on the wide side).
    n : int
        Number of samples.
    seed : int
        Draw k depends on ``seed`` and k only, not on how many are drawn.
    progress : bool
        Whether a bar shows how far it is.

    Returns
    -------
    DataFrame
        One row per draw: ``draw``, one column per term, ``scale``, ``llf``, ``singular``, in the units of the fit.
        Missing where a draw does not identify the model, because a term is constant in it, say.

    Raises
    ------
    HralignError
        If the rows have no such column, it is missing or changes within a group, or ``n`` is less than 1.
    NotEnoughData
        If there are fewer than two clusters.

    Examples
    --------
    >>> import hralign as hr
    >>> fit = hr.fit_alignment(hr.build_panel(hr.simulate("intrinsic", seed=1)))
    >>> draws = hr.cluster_bootstrap(fit, by="state", n=20, progress=False)
    >>> bool(draws["duration"].std() > fit.bse["duration"])  # cases of one state are not independent
    True
    """
    return joint_bootstrap({"": fit}, by, n, seed, progress=progress).drop(columns="model")


def joint_bootstrap(
    fits: Mapping[str, MixedFit],
    by: By = "state",
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
    columns = columns_of(by)
    if n < 1:
        raise HralignError(f"n = {n} samples were asked for; ask for at least 1.")
    if not fits:
        raise HralignError("No fits to resample. Give at least one, by name.")
    labels = {name: [clusters_of(fit, column) for column in columns] for name, fit in fits.items()}
    pools = [pd.Index(sorted(set().union(*(of_fit[k] for of_fit in labels.values())))) for k in range(len(columns))]
    for column, pool in zip(columns, pools, strict=True):
        check_number(len(pool), (column,))
    places = {
        name: [pool.get_indexer(label) for pool, label in zip(pools, of_fit, strict=True)]
        for name, of_fit in labels.items()
    }
    rows = []
    for k in progress_bar(range(start, start + n), shown=progress, desc=f"Bootstrap by {' and '.join(columns)}"):
        rng = np.random.default_rng([seed, k])
        times = [draw_clusters(len(pool), rng) for pool in pools]
        for name, fit in fits.items():
            drawn = np.prod([of[place] for of, place in zip(times, places[name], strict=True)], axis=0)
            rows.append({"draw": k, "model": name, **_refit(fit, drawn)})
    return pd.DataFrame(rows)


def _refit(fit: MixedFit, drawn: np.ndarray) -> dict[str, float]:
    """A refit as a row, each group that has weight in ``fit`` counting ``drawn`` (G,) times as often."""
    weights = np.zeros(len(fit.model.groups))
    weights[fit.data.place] = fit.data.weight * drawn
    try:
        refit = fit.model.fit(weights, start=fit.theta)
    except NotEnoughData:
        return {**dict.fromkeys([*fit.params.index, "scale", "llf"], np.nan), "singular": True}
    return {**refit.params, "scale": refit.scale, "llf": refit.llf, "singular": refit.singular}
