"""The core where a browser runs it: no threads, no sockets, no processes, and an index of 32 bits."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

import hralign as hr

SESSION = """
import json, sys
import multiprocessing.process, socket, threading
import numpy as np, pandas as pd

def refuse(*arguments, **options):
    raise RuntimeError("a browser has none")

threading.Thread.start = refuse
multiprocessing.process.BaseProcess.start = refuse
socket.socket.__init__ = refuse

class Narrow:
    '''numpy as WebAssembly has it: what counts or points has 32 bits, and bincount takes nothing wider.'''

    intp = np.int32
    made = ("arange", "argsort", "array", "asarray", "flatnonzero", "lexsort", "repeat", "searchsorted")

    def __getattr__(self, name):
        whole = getattr(np, name)
        return (lambda *a, **k: narrow(whole(*a, **k))) if name in self.made else whole

    def nonzero(self, *arguments):
        return tuple(map(narrow, np.nonzero(*arguments)))

    def bincount(self, x, *arguments, **options):
        x = np.asarray(x)
        if not np.can_cast(x.dtype, np.int32, "safe"):
            raise TypeError(f"Cannot cast array data from {x.dtype} to int32 according to the rule 'safe'")
        counted.append(len(x))
        return np.bincount(x, *arguments, **options)

def narrow(x):
    return x.astype(np.int32) if x.dtype == np.int64 else x

def factorize(*arguments, **options):
    codes, levels = whole_factorize(*arguments, **options)
    return narrow(codes), levels

counted, whole_factorize = [], pd.factorize
import hralign as hr
[getattr(hr, name) for name in hr.__all__]
import hralign.worlds.simulate
if sys.argv[1] == "narrow":
    pd.factorize = factorize
    for name, module in list(sys.modules.items()):
        if name.startswith("hralign") and getattr(module, "np", None) is np:
            module.np = Narrow()
    try:
        Narrow().bincount(np.random.default_rng(1).integers(5, size=5))
    except TypeError:
        pass
    else:
        raise SystemExit("64 bits were taken")

src = hr.simulate(sys.argv[2], 3)
panel = hr.build_panel(src)
fit = hr.fit_alignment(panel)
draws = hr.cluster_bootstrap(fit, by="state", n=3, seed=1, progress=True)
tests = hr.test_hypotheses(src)
print(json.dumps({
    "size": panel.shape, "counted": len(counted), "params": fit.params.to_dict(), "llf": fit.llf,
    "se": np.sqrt(np.diag(fit.vcov("state"))).tolist(), "draws": draws.to_numpy().tolist(),
    "tests": tests.select_dtypes("number").to_numpy().tolist(),
    "words": tests.select_dtypes(exclude="number").to_numpy().tolist(),
}))
"""


def numbers(width, world):
    done = subprocess.run([sys.executable, "-W", "error", "-c", SESSION, width, world], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("world", ["intrinsic", "instrumental"])
def test_the_core_gives_the_same_numbers(world):
    bare, said = numbers("narrow", world)
    assert "Bootstrap by state: 100%" in said
    assert bare.pop("counted") >= 6, "the narrow bincount was not asked"
    src = hr.simulate(world, 3)
    panel = hr.build_panel(src)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = hr.fit_alignment(panel)
        draws = hr.cluster_bootstrap(fit, by="state", n=3, seed=1, progress=False)
    tests = hr.test_hypotheses(src)
    assert bare["size"] == list(panel.shape)
    assert bare["params"] == fit.params.to_dict() and bare["llf"] == fit.llf
    assert bare["se"] == np.sqrt(np.diag(fit.vcov("state"))).tolist()
    assert bare["draws"] == draws.to_numpy().tolist()
    np.testing.assert_array_equal(np.array(bare["tests"], float), tests.select_dtypes("number").to_numpy(float))
    assert bare["words"] == tests.select_dtypes(exclude="number").to_numpy().tolist()
