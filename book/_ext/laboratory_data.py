"""What the instruments of the laboratory know: recorded numbers, made small for a page, and their static pictures.

Nothing here is typed in: every number is read from the record, so that an instrument cannot fall behind it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import hralign as hr
from hralign.display import clock_plots, scoreboard, stress_plots, timing_plots
from hralign.record.scoreboard import H1_WORDS, four_words
from hralign.stress import multiverse
from hralign.worlds.family import MECHANISMS, NOISE, STRONGEST

FINE = 1e7  # slopes of the multiverse are kept as whole numbers of this fraction of a point
ENTRIES = (1970, 1980, 1990)
CHOICES = {"selected_at": "Selected at", "gdp": "GDP", "case_effects": "Case effects"}
MOMENTS = {
    "autocorrelation": "autocorrelation", "autocorrelation_2": "at two years", "sd_1": "SD, 1 year",
    "sd_5": "SD, 5 years", "sd_20": "SD, 20 years", "common": "common shocks", "regional": "regional shocks",
    "unrest": "unrest of the low", "unrest_sd": "spread of unrest", "spread": "spread of levels",
    "residual_variance": "residual variance", "slope_sd": "spread of slopes", "civil_war": "civil war",
    "joiner_gap": "gap of joiners",
}  # fmt: skip
OPTIONS = {"fariss": "Fariss v2.04", "fariss_v3": "Fariss v3.01", "physint": "CIRI"}
QUESTIONS = {
    "approach": "Do laggards come closer?", "everyone": "Does everyone who joins?", "ciri": "Laggards, on CIRI’s scale",
}  # fmt: skip


def numbers(name: str) -> dict[str, Any]:
    """What an instrument is given, in plain values that JSON can hold.

    Raises
    ------
    HralignError
        If the record does not have what it needs.
    """
    return {"z": hr.Z, **_NUMBERS[name]()}


def still(name: str) -> str:
    """The recorded figure or table of an instrument as HTML, for readers without JavaScript."""
    hr.use_style()
    return _STILLS[name]()


# ---------------------------------------------------------------------------------------------- multiverse


def _multiverse() -> dict[str, Any]:
    """Every universe as a code, whose digits are its options in a mixed base, and its slope and errors."""
    study = hr.recorded_study("multiverse")
    options = {
        name: list(dict.fromkeys([*offered, *study[name]])) for name, offered in multiverse.CHOICES.items()
    }  # the first is Table 2's
    code = np.zeros(len(study), dtype=int)
    for name, offered in options.items():
        code = code * len(offered) + study[name].map(offered.index).to_numpy(dtype=int)
    questions = []
    for question, rows in study.groupby("question", sort=False).groups.items():
        part = study.loc[rows]
        fine = {column: (FINE * part[column]).round().astype(int).tolist()
                for column in ("estimate", "model_se", "state_se")}  # fmt: skip
        questions.append({
            "name": question, "label": QUESTIONS[question], "code": code[rows].tolist(),
            "cases": part["cases"].tolist(), **fine,
        })  # fmt: skip
    choices = [
        {"name": name, "label": CHOICES.get(name, name.capitalize()), "options": offered,
         "words": [_option(name, option) for option in offered]}
        for name, offered in options.items()
    ]  # fmt: skip
    return {"fine": FINE, "choices": choices, "questions": questions, "worlds": list(MECHANISMS)}


def _option(choice: str, option: str) -> str:
    if choice == "gdp" and option == "fariss":
        return "Fariss et al."
    return OPTIONS.get(option, "World Bank" if option == "world bank" else option)


# --------------------------------------------------------------------------------------------------- clock


def _clock() -> dict[str, Any]:
    """The plane and the covariance behind the recorded courses, from which any belief follows.

    A course is linear in duration and year, and its variance quadratic, so that both can be had back from the record.
    """
    result = hr.recorded("clock/courses")
    rows = result.table
    mean_year = float(rows.loc[rows["line"].eq("stopped"), "year"].iloc[0])
    d, x = rows["duration"].to_numpy(dtype=float), rows["year"].to_numpy() - mean_year
    plane = _solve(np.column_stack([np.ones_like(d), d, x]), rows["estimate"])
    variance = _solve(
        np.column_stack([np.ones_like(d), d, x, d * d, d * x, x * x]),
        ((rows["upper"] - rows["lower"]) / (2 * hr.Z)) ** 2,
    )
    curves = {when: hr.recorded(f"curves/{name}").table[["year", "estimate", "lower", "upper"]]
              for when, name in (("before", "figure3a"), ("after", "figure3b"))}  # fmt: skip
    return {
        "plane": dict(zip(("level", "duration", "year"), plane, strict=True)), "variance": variance,
        "mean_year": mean_year, "mean_duration": result.facts["mean_duration"],
        "entries": list(ENTRIES), "last_year": int(rows.loc[rows["line"].ne("stopped"), "year"].max()),
        **{when: curve.round(4).to_dict("records") for when, curve in curves.items()},
    }  # fmt: skip


def _solve(design: np.ndarray, aim: pd.Series) -> list[float]:
    found, *_ = np.linalg.lstsq(design, aim.to_numpy(dtype=float), rcond=None)
    if np.abs(design @ found - aim).max() > 1e-6 * np.abs(aim).max():
        raise hr.HralignError(
            "The recorded courses are no plane of duration and year, so the clock cannot be moved. See clock/courses."
        )
    return found.tolist()


# -------------------------------------------------------------------------------------- the other instruments


def _world() -> dict[str, Any]:
    fit = hr.recorded("worlds/fit").table
    rates = hr.recorded("worlds/rates")
    units = [hr.MOMENTS[name].unit * (abs(real) if hr.MOMENTS[name].relative else 1)
             for name, real in zip(fit["moment"], fit["real"], strict=True)]  # fmt: skip
    words = [MOMENTS.get(name, name) for name in fit["moment"]]
    fit = fit.assign(unit=units, fitted=fit["fitted"].eq("yes"), word=words)
    return {
        "mechanisms": [{"name": name, "strongest": STRONGEST[name]} for name in MECHANISMS],
        "noise": list(NOISE), "conditional": hr.WORLDS["instrumental"].conditional_share,
        "common": hr.WORLDS["null"].common_share,
        "moments": fit[["moment", "meaning", "real", "word", "unit", "fitted", *MECHANISMS]].to_dict("records"),
        "hypotheses": dict(hr.HYPOTHESES),
        "rates": rates.table.to_dict("records"), "histories": rates.facts["draws"],
        "real": hr.recorded("tests").table[["hypothesis", "estimate", "state_se", "state_says"]].to_dict("records"),
    }  # fmt: skip


def _regression() -> dict[str, Any]:
    paths = hr.recorded("h1/paths").table
    real = paths[paths["world"].eq("The data")]
    fit = hr.recorded("worlds/fit").table.set_index("moment")["real"]
    return {
        "spread": fit["spread"],
        "real": {group: rows[["clock", "distance", "cases"]].to_dict("records")
                 for group, rows in real.groupby("group", sort=False)},
    }  # fmt: skip


def _shrinkage() -> dict[str, Any]:
    result = hr.recorded("slopes/own_lines")
    dots = hr.recorded("slopes/cast").table
    return {
        "cases": result.table.to_dict("records"), **result.facts,
        "dots": {who: rows[["duration", "outcome"]].round(3).to_numpy().tolist()
                 for who, rows in dots.groupby("who", sort=False)},
        "kept": {key: hr.recorded("slopes/shrinkage").facts[key] for key in ("short", "long")},
    }  # fmt: skip


STRENGTHS = (1.0, 0.5, 0.25)


def _verdict() -> dict[str, Any]:
    """How many histories of each world say which four words, errors by state, and what the data say: for each way of
    asking H1 and each strength of the instrumental world."""
    ways = {}
    for h1, strength in itertools.product(H1_WORDS, STRENGTHS):
        words, data = four_words(h1, strength)
        counts = words.groupby([*words, "world"]).size()
        ways[f"{h1} {strength:g}"] = {
            "says": data.to_dict(),
            "histories": words.groupby("world").size().to_dict(),
            "counts": [[list(said), world, int(n)] for (*said, world), n in counts.items()],
        }
    return {
        "worlds": list(hr.WORLDS), "ways": ways,
        "tests": [{"name": h, "words": sorted({hr.READINGS[h][sign] for sign in (1, 0, -1)})} for h in hr.HYPOTHESES],
    }  # fmt: skip


_NUMBERS: dict[str, Callable[[], dict[str, Any]]] = {
    "multiverse": _multiverse, "clock": _clock, "world": _world, "regression": _regression, "shrinkage": _shrinkage,
    "verdict": _verdict,
}  # fmt: skip


# ------------------------------------------------------------------------------------------ without JavaScript


def _figure(result: str, draw: Callable, caption: str) -> str:
    figure, alt = draw(hr.recorded(result).table)
    return hr.show(figure, alt, caption).data


def _table(result: str, columns: dict[str, str], caption: str) -> str:
    table = hr.recorded(result).table[list(columns)].rename(columns=columns)
    written = hr.present(table.set_index(table.columns[0]), caption).to_html()
    return f'<div class="recorded-table" role="region" tabindex="0" aria-label="{caption}">{written}</div>'


def _curve(table: pd.DataFrame):
    """One universe in sixteen is enough of a picture that stands in for an instrument."""
    return stress_plots.specification_curve(pd.concat([table.iloc[[0]], table.iloc[1::4]]))


_STILLS: dict[str, Callable[[], str]] = {
    "multiverse": lambda: _figure("multiverse/curve", _curve, "The recorded universes, from the lowest slope to the "
                                  "highest, with Table 2’s among them."),
    "clock": lambda: _figure("clock/courses", clock_plots.figure2_twice, "Figure 2 with the calendar stopped, and "
                             "courses that cases can live, as recorded."),
    "world": lambda: _table("worlds/rates", {"world": "World", "H1_state": "H1 instrumental", "H2_state":
                            "H2 intrinsic", "H3_state": "H3 instrumental", "H4_state": "H4 intrinsic"},
                            "Share of recorded simulated histories in which each test says the word, errors by state"),
    "regression": lambda: _figure("h1/paths", timing_plots.sorted_by_one_year, "States sorted by one year: the data, "
                                  "and a simulated world in which nothing happens, as recorded."),
    "shrinkage": lambda: _table("slopes/own_lines", {"who": "Case", "years": "Rows", "slope": "Slope of its own line",
                                "model": "By the model"}, "Slopes of some cases as recorded, points a year"),
    "verdict": lambda: _figure("scoreboard/beliefs", scoreboard.two_words, "Five mechanisms, equally likely before, "
                               "and after the four words of the data, H1 asked in two ways."),
}  # fmt: skip
