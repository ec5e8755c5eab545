"""The calibrated family: worlds with one frame, fitted to the real data, and one mechanism each, of any strength."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real

from ..errors import HralignError
from .world import World

MECHANISMS: Mapping[str, Mapping[str, float]] = {
    "intrinsic": {"internalisation": 0.03},
    "instrumental": {"conditionality": 0.5},
    "pressure": {"pressure": 0.2},
    "selection": {"anticipation": 0.53},
    "null": {},
}
"""The parameter that makes each mechanism, at strength 1.

In every world states join IGOs whose members they resemble, as much as real joiners do.  Selection is foresight: of the
likeness that draws states to an IGO, the strength is the share that concerns their future instead of their present."""

STRONGEST: Mapping[str, float] = {"intrinsic": 3.0, "instrumental": 1.0, "pressure": 1.0, "selection": 1.0, "null": 1.0}
"""Up to which strength a world still has the moments of the real data."""

NOISE = (0.0, 1.5)
"""Range of the noise: how large all shocks and errors of measurement are, as a multiple of the calibrated ones."""

_WITHOUT = {name: 0.0 for parts in MECHANISMS.values() for name in parts}
_TRADED = {"instrumental": {"substitution": 1.0}}  # what an ask costs in disappearances, whatever its size


def calibrated_world(mechanism: str, strength: float = 1.0, noise: float = 1.0) -> World:
    """A world of the calibrated family.

    Parameters
    ----------
    mechanism : {"intrinsic", "instrumental", "pressure", "selection", "null"}
    strength : float
        Multiple of the parameters in :data:`MECHANISMS`, from 0 (nothing happens) to :data:`STRONGEST`.
    noise : float
        Multiple of shocks and errors, within :data:`NOISE`; at 1 scores move as much as the real ones.

    Raises
    ------
    HralignError
        If there is no such mechanism, or strength or noise are out of range.

    Examples
    --------
    >>> calibrated_world("intrinsic", strength=2).internalisation
    0.06
    """
    if mechanism not in MECHANISMS:
        raise HralignError(f"There is no mechanism '{mechanism}'. Choose one of: {', '.join(MECHANISMS)}.")
    _within("strength", mechanism, strength, (0.0, STRONGEST[mechanism]), "its scores no longer move like real ones")
    _within("noise", mechanism, noise, NOISE, "no such world has been tried")
    frame = World()
    parts = {name: strength * value for name, value in MECHANISMS[mechanism].items()}
    if mechanism == "selection":
        parts["homophily"] = (1 - strength) * frame.homophily
    noisy = {name: noise * getattr(frame, name) for name in ("shock_sd", "error_sd")}
    return replace(frame, **_WITHOUT | parts | _TRADED.get(mechanism, {}) | noisy)


def _within(what: str, mechanism: str, value: float, ends: tuple[float, float], why: str) -> None:
    low, high = ends
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
        raise HralignError(
            f"A {what} of {value!r} is outside of the calibrated range of the world '{mechanism}': "
            f"{low:g} to {high:g}. "
            f"Beyond it {why}; give a value within, or set the parameters of a World yourself."
        )


WORLDS: Mapping[str, World] = {name: calibrated_world(name) for name in MECHANISMS}
"""The worlds of the book, alike but for the parameters that define the mechanism."""
