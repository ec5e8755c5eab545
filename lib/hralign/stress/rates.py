"""What studies of worlds say of the four tests: rates, coverage, compatibility with real results, and design.

Every function takes the rows of the studies ``worlds`` or ``surfaces``: one per history and hypothesis, with
``estimate``, ``model_se``, ``state_se``, what each error leads to, and the true ``effect`` that H2 is about.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..study.specification import Z
from ..study.verdicts import overall

ERRORS = {"model": "model_se", "state": "state_se"}
"""The two standard errors of each test, by their short names."""

CELL = ["world", "strength", "noise"]
"""What makes a cell of a surface."""


def rates(rows: pd.DataFrame, by: list[str], word: dict[str, str]) -> pd.DataFrame:
    """How often each test says a word, by cell, hypothesis and standard error.

    Parameters
    ----------
    word : dict
        By hypothesis, the word that is counted.

    Returns
    -------
    DataFrame
        ``hypothesis``, the columns ``by``, ``model`` and ``state`` (shares of histories), ``draws``, and
        ``monte_carlo``, the standard error of a share of one half with so many draws.
    """
    kept = rows[rows["hypothesis"].isin(list(word))]
    wanted = kept["hypothesis"].map(word)
    said = kept[["hypothesis", *by]].assign(**{error: kept[f"{error}_says"].eq(wanted) for error in ERRORS})
    table = said.groupby(["hypothesis", *by], sort=False)[list(ERRORS)].mean()
    table["draws"] = said.groupby(["hypothesis", *by], sort=False).size()
    return table.assign(monte_carlo=0.5 / np.sqrt(table["draws"])).reset_index()


def verdicts(rows: pd.DataFrame, by: str = "world") -> pd.DataFrame:
    """Share of each verdict on all four tests together (:func:`hralign.study.verdicts.overall`), by world and error."""
    parts = []
    for error in ERRORS:
        said = rows.pivot_table(index=[by, "draw"], columns="hypothesis", values=f"{error}_says", aggfunc="first")
        weighed = said.apply(overall, axis=1)
        share = pd.crosstab(weighed.index.get_level_values(by), weighed.to_numpy(), normalize="index")
        parts.append(share.rename_axis(by).reindex(rows[by].unique()).reset_index().assign(error=error))
    columns = ["intrinsic", "instrumental", "both", "neither"]
    return pd.concat(parts, ignore_index=True).reindex(columns=[by, "error", *columns]).fillna(0.0)


def coverage(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How often the interval of H2 covers the true effect of a further year of membership, and why it does not.

    Returns
    -------
    DataFrame
        By cell: mean true ``effect`` and ``own_effect``, mean ``estimate``, their difference ``bias``, the ``scatter``
        of estimates from history to history, the mean ``model_se`` and ``state_se``, and the share of 95 % intervals
        that cover the effect, ``covered_model`` and ``covered_state``; ``covered_centred`` that of intervals by state
        once the bias is taken out.  Points per year.
    """
    h2 = rows[rows["hypothesis"].eq("H2")].copy()
    h2["miss"] = h2["estimate"] - h2["effect"]
    centred = h2["miss"] - h2.groupby(by)["miss"].transform("mean")
    for error, column in ERRORS.items():
        h2[f"covered_{error}"] = (h2["miss"].abs() <= Z * h2[column]).astype(float)
    h2["covered_centred"] = (centred.abs() <= Z * h2["state_se"]).astype(float)
    cells = h2.groupby(by, sort=False)
    means = ["effect", "own_effect", "estimate", "model_se", "state_se", "covered_model", "covered_state"]
    table = cells[[*means, "covered_centred"]].mean()
    table.insert(3, "bias", table["estimate"] - table["effect"])
    table.insert(4, "scatter", cells["estimate"].std())
    return table.reset_index()


def compatibility(rows: pd.DataFrame, real: pd.Series, by: list[str]) -> pd.DataFrame:
    """Whether a real result could be one more history of a world, by the scatter of its histories alone.

    The real numbers are compared with the mean of a cell by its own covariance (Hotelling's T² for a new observation):
    no standard error of the real data enters.  With n histories of p numbers, n (n - p) / (p (n² - 1)) times the
    squared Mahalanobis distance follows an F distribution with p and n - p degrees of freedom if the world is real
    and its numbers are normal.

    Parameters
    ----------
    real : Series
        The real estimates, by what ``hypothesis`` names in the rows; what is missing from it is left out.

    Returns
    -------
    DataFrame
        By cell: ``distance`` (Mahalanobis), ``p`` of the F distribution, ``draws``, and for each number its gap in
        SDs of the cell (real minus mean).

    Raises
    ------
    NotEnoughData
        If a cell has no more complete histories than numbers to compare.
    """
    from scipy.stats import f as f_distribution  # slow to import

    names = [name for name in real.index if name in set(rows["hypothesis"])]
    wide = rows.pivot_table(index=[*by, "draw"], columns="hypothesis", values="estimate", sort=False)[names].dropna()
    found = {}
    for cell, draws in wide.groupby(level=by, sort=False):
        n, p = draws.shape
        if n <= p + 1:
            raise NotEnoughData(f"{n} histories of {cell} are too few to compare {p} numbers. Draw more.")
        gap = real[names].astype(float) - draws.mean()
        squared = float(gap @ np.linalg.solve(draws.cov().to_numpy(), gap.to_numpy()))
        p_value = f_distribution.sf(squared * n * (n - p) / (p * (n * n - 1)), p, n - p)
        found[cell if isinstance(cell, tuple) else (cell,)] = {
            "distance": np.sqrt(squared), "p": float(p_value), "draws": n, **(gap / draws.std()).to_dict(),
        }  # fmt: skip
    table = pd.DataFrame(found).T
    table.index = pd.MultiIndex.from_tuples(table.index, names=by)
    return table.reset_index()


def design(rows: pd.DataFrame, baseline: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Power, type S and type M of each test against what a mechanism really adds to its number.

    After Gelman & Carlin (2014, Perspectives on Psychological Science 9).  The truth of a test is the mean difference
    that the mechanism makes to its number, history by history: the same draw with the mechanism and without.

    Parameters
    ----------
    rows : DataFrame
        Histories with a mechanism.
    baseline : DataFrame
        The same draws at strength 0, at each noise if ``by`` tells noises apart.

    Returns
    -------
    DataFrame
        By hypothesis and cell: ``added`` (the truth), its Monte Carlo error ``added_se``, ``power`` (share with
        ``z`` beyond 1.96), ``false_alarms`` (without the mechanism), ``type_s`` (of the significant, the share
        with the other sign) and ``type_m`` (mean size of significant estimates over that of the truth; missing where
        the truth is not told from zero).
    """
    key = ["hypothesis", "draw", *(["noise"] if "noise" in by else [])]
    pairs = rows.merge(baseline[[*key, "estimate", "state_se"]], on=key, suffixes=("", "_without"))
    pairs = pairs.dropna(subset=["estimate", "estimate_without"])
    found = []
    for cell, part in pairs.groupby(["hypothesis", *by], sort=False):
        difference = part["estimate"] - part["estimate_without"]
        added, error = difference.mean(), difference.std() / np.sqrt(len(part))
        clear = part["estimate"].abs() > Z * part["state_se"]
        alarms = part["estimate_without"].abs() > Z * part["state_se_without"]
        told, sized = abs(added) > Z * error, part.loc[clear, "estimate"]
        found.append({
            **dict(zip(["hypothesis", *by], cell, strict=True)),
            "added": added, "added_se": error, "power": clear.mean(), "false_alarms": alarms.mean(),
            "type_s": (np.sign(sized) != np.sign(added)).mean() if told and len(sized) else np.nan,
            "type_m": sized.abs().mean() / abs(added) if told and len(sized) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(found)
