"""The long computations on clean controls: what a task of each study does.  Studies are listed in the catalogue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..load import load_sources
from ..mixed import joint_bootstrap
from ..mixed.bootstrap import draw_clusters
from ..sources.tables import Sources
from ..study.alignment import fit_alignment
from ..study.specification import TIMINGS
from ..worlds.family import WORLDS, calibrated_world
from . import cohorts, event_study, exits, placebo
from .outsiders import Outsiders, find_outsiders
from .plant import plant
from .world_studies import history

HORIZONS = (-5, 5, 10, 20)
"""Event years at which planted effects are looked for."""

PLANTED = {"none": 0.0, "constant": 0.2, "growing": 0.02, "cohort": 0.02}
"""What is planted in the study ``event_worlds``: points at once, or a year from accession on; ``cohort`` grows for the
first half of the accessions only."""

FALLS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Falls after exit, in points, that are planted in the study ``exit_power``."""

WEAKER = (0.25, 0.5)
"""Strengths of the instrumental world in the study ``interference``, beside 1."""


def placebo_slopes(pool: Outsiders, task: list[int], seed: int) -> pd.DataFrame:
    """Slopes of cases and of imitators followed for equally long, and both in one resample of states per draw."""
    rows = []
    for k in range(*task):
        drawn = placebo.imitate(pool, np.random.default_rng([seed, k]))
        for timing in TIMINGS:
            members, imitators = placebo.fit_both(drawn, timing)
            both = placebo.difference(members, imitators)
            again = joint_bootstrap({"m": members, "i": imitators}, "state", 1, seed, start=k, progress=False)
            again = again.set_index("model")["duration"]
            rows.append({
                "draw": k, "timing": timing, "members": both["one"], "imitators": both["other"],
                "difference": both["difference"], "members_se": both["one_se"], "imitators_se": both["other_se"],
                "se": both["se"], "again_members": again["m"], "again_imitators": again["i"],
                "pairs": int(members.n_groups), "whole": _whole(pool, members, timing),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _whole(pool: Outsiders, members: Any, timing: str) -> float:
    """The slope of the same cases, followed to the end of their membership."""
    kept = pool.panel[pool.panel["case"].isin(members.model.groups)]
    return fit_alignment(kept, timing).params["duration"]


def placebo_curves(pool: Outsiders, task: list[int], seed: int) -> pd.DataFrame:
    """Mean change of pairs by event year, and again in one resample of states per draw."""
    parts = []
    for k in range(*task):
        rng = np.random.default_rng([seed, k])
        pairs = placebo.pair_changes(placebo.imitate(pool, rng))
        codes, states = pd.factorize(pd.concat([pairs["state"], pairs["imitator"]]).astype(int))
        times = draw_clusters(len(states), rng)[codes]
        weights = {"members": times[: len(pairs)], "imitators": times[len(pairs) :]}
        year = pairs["event_year"]
        table = pairs.groupby("event_year")[["members", "imitators"]].mean()
        for side, weight in weights.items():
            table[f"again_{side}"] = (pairs[side] * weight).groupby(year).sum() / pd.Series(weight).groupby(year).sum()
        table["pairs"] = pairs.groupby("event_year").size()
        parts.append(table.reset_index().assign(draw=k))
    return pd.concat(parts)


def interference_tasks(n: int) -> list[list[Any]]:
    """World, strength and number of each history of the study ``interference``."""
    worlds = [(name, 1.0) for name in WORLDS] + [("instrumental", strength) for strength in WEAKER]
    return [[*world, k] for world in worlds for k in range(n)]


def interference(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    """Slopes and event paths of members and imitators in one history of a world, that of the study ``worlds``."""
    world, strength, k = task
    src = load_sources("simulated", world=calibrated_world(world, strength), seed=history(seed, k))
    pool = find_outsiders(src)
    members, imitators = placebo.fit_both(placebo.imitate(pool, np.random.default_rng([seed, k])))
    both = placebo.difference(members, imitators)
    path = cohorts.cohort_path(pool).table.set_index("event_year")
    table2 = fit_alignment(pool.panel).params["duration"]
    row = {
        "world": world, "strength": strength, "draw": k, "table2": table2, "members": both["one"],
        "imitators": both["other"], "difference": both["difference"], "se": both["se"], "pairs": int(members.n_groups),
    }  # fmt: skip
    for year in HORIZONS:
        row |= {f"path_{year}": path.loc[year, "estimate"], f"path_{year}_se": path.loc[year, "std_error"]}
    return pd.DataFrame([row])


def event_worlds(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    """What event-time estimators make of planted effects in one history of a world without influence."""
    world, k = task
    src = load_sources("simulated", world=world, seed=history(seed, k))
    pool = find_outsiders(src)
    rows = []
    for kind, size in PLANTED.items():
        panel = plant(pool.panel, kind, size=size)
        paths = {
            "outsiders": cohorts.cohort_path(pool, panel).table.set_index("event_year"),
            "two-way": event_study.event_study(panel).set_index("event_year"),
        }
        truth = planted_at(panel)
        for name, path in paths.items():
            rows += [
                {"world": world, "draw": k, "kind": kind, "estimator": name, "event_year": year,
                 "truth": truth.get(year, 0.0), "estimate": path.loc[year, "estimate"],
                 "std_error": path.loc[year, "std_error"]}
                for year in HORIZONS if year in path.index
            ]  # fmt: skip
    return pd.DataFrame(rows)


def planted_at(panel: pd.DataFrame) -> pd.Series:
    """What was planted, by event year, averaged over the cases with a distance then."""
    event = panel["year"] - panel["accession"]
    seen = panel["distance"].notna() & (panel["member"].eq(1) | event.lt(0))
    return panel.loc[seen, "planted"].groupby(event[seen]).mean()


def exit_changes_of(src: Sources) -> pd.DataFrame:
    """Changes of the states that withdrew and of their stayers."""
    pool = find_outsiders(src)
    return exits.changes_beside(pool, exits.withdrawals(pool))


def exit_power(changes: pd.DataFrame, task: list[int], seed: int) -> pd.DataFrame:
    """p values of three tests when, for each exit, a stayer is taken for the one that left, and made to fall."""
    pools = [rows for _, rows in changes[changes["left"].eq(0)].groupby("case") if len(rows) > 1]
    if not pools:
        raise NotEnoughData("No withdrawal has two states that stayed: the power of the tests cannot be found out.")
    rows = []
    for k in range(*task):
        rng = np.random.default_rng([seed, k])
        place = [rng.integers(len(one)) for one in pools]
        drawn = pd.concat([
            one.assign(left=(np.arange(len(one)) == where).astype(int)) for one, where in zip(pools, place, strict=True)
        ])  # fmt: skip
        for fall in FALLS:
            fallen = drawn.assign(change=drawn["change"] - fall * drawn["left"])
            found = exits.gaps(fallen)
            rows.append({
                "draw": k, "fall": fall, "mean": found["gap"].mean(),
                "t": exits.t_test(found["gap"], found["state"])["p"],
                "sign_flip": exits.sign_flip(found["gap"], found["state"], draws=2000),
                "permutation": exits.permutation(fallen, draws=500, seed=k)[0],
            })  # fmt: skip
    return pd.DataFrame(rows)
