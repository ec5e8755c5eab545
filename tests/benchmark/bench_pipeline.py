"""Seconds of the main steps: parse, load, panel, a world, refits, multiverse, codings.  Prints; asserts nothing."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

import hralign as hr
from hralign.sources import parse, real, registry
from hralign.stress import forensics, multiverse
from hralign.stress.misfit import Bench


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """Median wall time of ``work``."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def four_tests(name: str) -> object:
    """One history of a world, its panel and the four tests on it."""
    src = hr.simulate(name, 1)
    return hr.test_hypotheses(src, panel=hr.build_panel(src))


def main() -> None:
    rows = {"simulate the default world": seconds(lambda: hr.simulate("intrinsic", 1))}
    world = hr.load_sources("simulated")
    for name in hr.WORLDS:
        rows[f"simulate, panel and four tests, {name} (at most .35)"] = seconds(lambda n=name: four_tests(n))
    rows["moments of a world"] = seconds(lambda: hr.moments(world))
    rows["build its panel"] = seconds(lambda: hr.build_panel(world))
    panel = hr.build_panel(world)
    fit = hr.fit_alignment(panel)
    rows["1,000 refits, states resampled"] = seconds(lambda: hr.cluster_bootstrap(fit, n=1000, progress=False), times=1)
    panels = multiverse.panels()
    rows[f"one of the {len(panels)} panels of the multiverse"] = seconds(
        lambda: multiverse.run_panel(world, **panels[0]), times=1
    )
    count = sum(len(multiverse.universes(question)) for question in multiverse.QUESTIONS)
    rows[f"all {count:,} universes, two processes"] = seconds(
        lambda: hr.run_study("multiverse", world, n_jobs=2, progress=False), times=1
    )
    model = hr.fit_alignment(panel).model
    rows["CR2 errors by state, and their degrees"] = seconds(lambda: model.fit().degrees("state"))
    rows["levels of states and IGOs beside the cases"] = seconds(
        lambda: hr.fit_crossed(model, {"state": "intercept", "igo": "intercept"}), times=1
    )
    printed = forensics.printed_tables()["table2"]

    def search(src: hr.Sources) -> float:
        """Seconds per 1,000 codings of a descent on Table 2, from the first edition's coding."""
        start = time.perf_counter()
        tried = forensics.descend(Bench(src), printed, hr.Coding(), np.random.default_rng(1))[2]
        return 1000 * (time.perf_counter() - start) / tried

    rows["1,000 codings tried on Table 2"] = search(world)
    if registry.is_fetched():
        src = hr.load_sources("real")  # fills the cache
        rows["parse the real files"] = seconds(lambda: parse.tables(registry.data_folder()), times=1)
        rows["load them parsed, checksums included"] = seconds(real.load_real)
        rows["build the real panel"] = seconds(lambda: hr.build_panel(src))
        rows["1,000 codings tried on Table 2, real data"] = search(src)
    else:
        print("The real files are not here: only the simulated world is timed.")
    for what, spent in rows.items():
        print(f"{what:<40}{spent:8.3f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
