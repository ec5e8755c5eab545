"""Random numbers of the kinds that worlds are made of: spread-out quantiles, and series that persist."""

from __future__ import annotations

import numpy as np

Streams = dict[str, np.random.Generator]
"""A generator of its own for each component of a world."""


def quantiles(rng: np.random.Generator, n: int) -> np.ndarray:
    """`n` evenly spaced probabilities in random order."""
    return (rng.permutation(n) + 0.5) / n


def balanced(rng: np.random.Generator, order: np.ndarray, block: int = 5) -> np.ndarray:
    """Like :func:`quantiles`, but any `block` neighbours in `order` cover the whole range."""
    n = len(order)
    stratum = np.concatenate([rng.permutation(block) for _ in range(-(-n // block))])[:n]
    values = np.empty(n)
    values[order] = stratum + rng.random(n)
    return (np.argsort(np.argsort(values)) + 0.5) / n


def ar1(rng: np.random.Generator, shape: tuple[int, int], persistence: float, sd: float) -> np.ndarray:
    """Stationary first-order autoregressive series in rows, with the given standard deviation."""
    shocks = rng.standard_normal(shape) * sd
    shocks[:, 1:] *= np.sqrt(1 - persistence**2)
    return autoregress(shocks, persistence)


def autoregress(shocks: np.ndarray, *weights: float) -> np.ndarray:
    """y[t] = shocks[t] + weights[0] y[t-1] + weights[1] y[t-2] + …, in rows, from nothing.

    As ``scipy.signal.lfilter([1], [1, -weights…], shocks)``, to the last bit; scipy.signal takes longer to import than
    a world to simulate.
    """
    series = np.empty_like(shocks)
    owed = np.zeros((len(weights) + 1, len(shocks)))
    for t in range(shocks.shape[1]):
        series[:, t] = shocks[:, t] + owed[0]
        for k, weight in enumerate(weights):
            owed[k] = owed[k + 1] + weight * series[:, t]
    return series
