"""What is compared between this Python and the one in a browser: run in both."""

import hashlib
import json

import numpy as np

import hralign as hr

TABLES = ("states", "igos", "memberships", "igo_years", "scores", "state_years")


def sum_of_the_rest(table):
    """A sum over the bits of all columns that are not floating-point numbers, and over what is missing."""
    digest = hashlib.sha256()
    for name, column in table.items():
        digest.update(name.encode() + column.isna().to_numpy().tobytes())
        if column.dtype.kind != "f":
            whole = column.dtype.kind in "iu"
            digest.update(column.to_numpy("<i8").tobytes() if whole else "\n".join(column.fillna("")).encode())
    return digest.hexdigest()


def compared():
    found = {"bits": {}, "worlds": {}, "fits": {}}
    for world in hr.WORLDS:
        src = hr.simulate(world, 3)
        tables = {name: getattr(src, name) for name in TABLES}
        found["bits"][world] = {name: sum_of_the_rest(table) for name, table in tables.items()}
        found["worlds"][world] = {
            name: table.select_dtypes("float").stack().tolist()[:: 1 + len(table) // 500]
            for name, table in tables.items()
        }
        panel = hr.build_panel(src)
        fit = hr.fit_alignment(panel)
        tests = hr.test_hypotheses(src, panel=panel)
        found["fits"][world] = {
            "params": fit.params.tolist(), "state_se": np.sqrt(np.diag(fit.vcov("state"))).tolist(), "llf": fit.llf,
            "cov_re": fit.cov_re.to_numpy().ravel().tolist(), "nobs": fit.nobs,
            "tests": tests.select_dtypes("number").to_numpy().ravel().tolist(),
            "effect": list(hr.effect_of_membership(src, panel).values()),
        }  # fmt: skip
    draws = hr.cluster_bootstrap(fit, by="state", n=5, seed=1, progress=False)
    return {
        **found,
        "words": tests["state_says"].tolist(),
        "draws": draws.drop(columns="singular").to_numpy(float).ravel().tolist(),
    }


said = json.dumps(compared()) if "hralign_in_browser" in globals() else ""
