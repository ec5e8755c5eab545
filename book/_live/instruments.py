"""What the instruments of the laboratory ask Python for: functions by name, from a dict to a dict of plain values.

Loaded by the worker of ``book/_static/live`` in a reader's browser, where ``answer`` is what it calls; it runs on any
Python with hralign just as well.  A function that refuses raises an HralignError, whose sentence the page shows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

import hralign as hr
from hralign.errors import HralignError
from hralign.stress.moments import from_below
from hralign.stress.multiverse import run_universe
from hralign.study.verdicts import HYPOTHESES, overall, test_hypotheses
from hralign.worlds.simulate import simulate
from hralign.worlds.world import World

FREE = {f.name: f.metadata["range"] for f in fields(World) if f.name != "regions"}
"""Parameters of a world that a page may set, with their ranges."""


def world(payload: dict[str, Any]) -> dict[str, Any]:
    """One history of a world of the calibrated family, its moments, and the four tests with the truth beside them.

    Parameters
    ----------
    payload : dict
        ``mechanism`` (a key of ``hralign.worlds.family.MECHANISMS``; ``null`` if missing), ``strength`` and ``noise``
        (1 if missing), ``seed`` (a whole number; 1 if missing), ``parameters`` (any of :data:`FREE` by name, over those
        of the family).

    Returns
    -------
    dict
        What was built (``mechanism``, ``strength``, ``noise``, ``seed``, ``parameters``), ``sizes``; ``moments``, each
        with ``name``, ``meaning``, ``value``, ``real`` and ``apart`` (their difference in the unit of the moment);
        ``tests``, each with ``hypothesis``, ``about``, ``estimate``, ``model_se``, ``state_se``, ``model_says``,
        ``state_says``; ``verdict`` by both errors; ``truth``, ``effect`` and ``own_effect`` of a further year of
        membership, in points.  A number that does not exist is None.
    """
    asked = {"mechanism": "null", "strength": 1.0, "noise": 1.0, "seed": 1, "parameters": {}} | payload
    _only(asked, ("mechanism", "strength", "noise", "seed", "parameters"), "A world is not asked for by")
    _only(asked["parameters"], FREE, "A world has no parameter")
    seed = asked["seed"]
    if isinstance(seed, float) and seed.is_integer():
        seed = int(seed)  # JavaScript has one kind of number
    built = hr.calibrated_world(asked["mechanism"], asked["strength"], asked["noise"])
    built = replace(built, **{name: _number(name, value) for name, value in asked["parameters"].items()})
    src = simulate(built, seed)
    everyone = hr.build_panel(src, select="all")
    panel = from_below(everyone)
    tests = test_hypotheses(src, panel=panel)
    return {
        **asked, "seed": seed,
        "sizes": {"states": len(src.states), "igos": int(src.igos["major"].sum()), "cases": panel["case"].nunique()},
        "moments": _moments(hr.moments(src, everyone=everyone)),
        "tests": [{"hypothesis": name, "about": HYPOTHESES[name], **row} for name, row in tests.T.to_dict().items()],
        "verdict": {error: overall(tests[f"{error}_says"]) for error in ("model", "state")},
        "truth": hr.effect_of_membership(src, panel),
    }  # fmt: skip


def universe(payload: dict[str, Any]) -> dict[str, Any]:
    """One universe of the multiverse, on one history of a world.

    Parameters
    ----------
    payload : dict
        ``question`` and ``choices`` of :func:`hralign.stress.multiverse.run_universe`; ``mechanism``, ``strength``,
        ``noise`` and ``seed`` as for :func:`world`.

    Returns
    -------
    dict
        ``estimate``, ``model_se``, ``state_se`` (points a year), ``nobs``, ``cases``, the ``truth`` as for
        :func:`world`, and what was asked for.  A number that does not exist is None.
    """
    asked = {
        "question": "approach", "choices": {}, "mechanism": "null", "strength": 1.0, "noise": 1.0, "seed": 1,
    } | payload  # fmt: skip
    _only(asked, ("question", "choices", "mechanism", "strength", "noise", "seed"), "A universe is not asked for by")
    seed = int(asked["seed"]) if isinstance(asked["seed"], float) and asked["seed"].is_integer() else asked["seed"]
    src = simulate(hr.calibrated_world(asked["mechanism"], asked["strength"], asked["noise"]), seed)
    found = run_universe(src, asked["question"], **asked["choices"])
    return {**asked, **found, "seed": seed, "truth": hr.effect_of_membership(src, hr.build_panel(src))}


def _moments(found: pd.Series) -> list[dict[str, Any]]:
    recorded = hr.recorded_study("moments")
    real = recorded[recorded["world"].eq("source")].set_index("moment")["value"]
    rows = []
    for name, moment in hr.MOMENTS.items():
        apart = (found[name] - real[name]) / (moment.unit * (abs(real[name]) if moment.relative else 1))
        rows.append({
            "name": name, "meaning": moment.meaning, "value": found[name], "real": real[name], "apart": apart,
            "fitted": moment.fitted,
        })  # fmt: skip
    return rows


def _number(name: str, value: Any) -> Any:
    whole = isinstance(getattr(World(), name), int)
    return int(value) if whole and isinstance(value, float) and value.is_integer() else value


def _only(given: Any, known: Any, complaint: str) -> None:
    for name in given:
        if name not in known:
            raise HralignError(f"{complaint} '{name}'. Choose from: {', '.join(known)}.")


FUNCTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"world": world, "universe": universe}
"""What a page may call."""


def answer(name: str, asked: str) -> str:
    """Call a function by name, with its payload as JSON; JSON with its ``result``, or with the ``error`` in words."""
    try:
        if name not in FUNCTIONS:
            raise HralignError(f"There is no instrument '{name}'. Choose from: {', '.join(FUNCTIONS)}.")
        return json.dumps({"result": plain(FUNCTIONS[name](json.loads(asked)))}, allow_nan=False)
    except HralignError as refusal:
        return json.dumps({"error": {"code": "refused", "message": str(refusal)}})
    except MemoryError:
        return json.dumps(
            {"error": {"code": "memory", "message": "The memory that a browser gives to a page is used up."}}
        )


def plain(value: Any) -> Any:
    """The same in what JSON knows: numbers that do not exist become None, numpy's become Python's."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
