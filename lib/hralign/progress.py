"""One way of showing how far a long computation is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class _Hidden:
    """A bar that nobody sees."""

    def __init__(self, steps: Iterable[Any]):
        self.steps = steps

    def __iter__(self) -> Iterator[Any]:
        return iter(self.steps)

    def __enter__(self) -> _Hidden:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, n: int = 1) -> None:
        pass


def progress_bar(steps: Iterable[Any] | None = None, *, shown: bool = True, **options: Any) -> Any:
    """A progress bar to loop over, or to enter with ``with`` and push on by ``update()``.

    Parameters
    ----------
    steps : iterable, optional
        What is gone through; without it, ``total`` says how many updates are to come.
    shown : bool
        If not, ``steps`` are gone through in silence, and tqdm is not imported.
    options
        As tqdm takes them: ``desc``, ``total``, ``initial``, ``unit``.
    """
    if not shown:
        return _Hidden(() if steps is None else steps)
    from tqdm import tqdm  # only where a bar is seen

    class Bar(tqdm):
        monitor_interval = 0  # tqdm's monitor is a thread, and a browser has none to give

    # What the monitor is for, a bar that stands still because it waits for many steps, cannot happen with one.
    return Bar(steps, miniters=1, **options)
