"""Which data a reader gets: real if they have been fetched, else simulated; never a silent download."""

from __future__ import annotations

import os

from .errors import HralignError
from .sources.real import load_real
from .sources.registry import is_fetched
from .sources.tables import Sources
from .worlds.world import World

KINDS = ("auto", "real", "simulated")

DEFAULT_WORLD, DEFAULT_SEED = "intrinsic", 1


def resolve_kind(kind: str = "auto") -> str:
    """``"real"`` or ``"simulated"``: what ``kind`` stands for here and now.

    ``HRALIGN_SOURCE`` overrides ``"auto"``, which otherwise means real if every real file is there.
    """
    if kind == "auto":
        kind = os.environ.get("HRALIGN_SOURCE") or "auto"
    if kind not in KINDS:
        raise HralignError(f"There is no source '{kind}'. Choose one of: {', '.join(KINDS)}.")
    if kind == "auto":
        return "real" if is_fetched() else "simulated"
    return kind


def load_sources(kind: str = "auto", *, seed: int = DEFAULT_SEED, world: str | World = DEFAULT_WORLD) -> Sources:
    """The tables that everything else starts from.

    Parameters
    ----------
    kind : {"auto", "real", "simulated"}
        See :func:`resolve_kind`.  Environment variables: ``HRALIGN_SOURCE`` overrides ``"auto"``,
        ``HRALIGN_DATA`` names the folder of the real files.
    seed : int
        Seed of the simulated world; ignored for real data.
    world : str or World
        Preset (``"intrinsic"``, ``"instrumental"``, ``"pressure"``, ``"selection"``, ``"null"``) or your own World.

    Raises
    ------
    HralignError
        If the source is unknown, or real data are asked for and are missing or altered.

    Examples
    --------
    >>> import hralign as hr
    >>> src = hr.load_sources("simulated", seed=7, world="instrumental")
    >>> src.kind, src.provenance["world"], len(src.states)
    ('simulated', 'instrumental', 190)
    """
    if resolve_kind(kind) == "real":
        return load_real()
    from .worlds.simulate import simulate  # with it comes scipy, which real data do without

    return simulate(world, seed)
