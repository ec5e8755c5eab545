"""Nothing heavy is loaded before the call that needs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "matplotlib", "IPython", "pandera", "statsmodels", "linearmodels", "pyarrow", "rdata", "pooch", "requests",
    "seaborn", "tqdm", "joblib", "scipy", "jinja2",
)  # fmt: skip

# One session of a reader, call by call: what it may bring.
CALLS = {
    "import hralign as hr": set(),
    "[hr.load_sources, hr.build_panel, hr.fit_alignment, hr.cluster_bootstrap, hr.test_hypotheses, hr.Sources]": set(),
    "hr.quote('table2/lag duration coef .3f'), hr.check('table2/lag nobs > 1'), hr.reconstruction()": set(),
    "hr.published_model('table2'), hr.recorded('table2/lag')": set(),
    "src = hr.load_sources('simulated')": {"pandera", "scipy"},
    "panel = hr.build_panel(src)": set(),
    "fit = hr.fit_alignment(panel); fit.vcov('state')": set(),
    "hr.predict_by_duration(fit), fit.tidy(), hr.three_columns('table2/lag')": set(),
    "hr.test_hypotheses(src), hr.event_curve(panel, 'years_to_accession', range(-3, 1)), hr.exit_changes(panel)": set(),
    "hr.cluster_bootstrap(fit, n=1, progress=False), hr.who_joins(src), hr.recorded_study('placebo')": set(),
    "hr.present(hr.recorded('table2/lag').table, 'A table')": {"jinja2"},
    "hr.replicate(src, ['table2/lag']), hr.banner(src), hr.versions()": set(),
    "hr.result('table2/lag', fit, src, caption='Estimates')": set(),
    "hr.cluster_bootstrap(fit, n=1)": {"tqdm"},
    "hr.use_style()": {"matplotlib"},
}

SESSION = """
import json, sys
calls, heavy = json.load(sys.stdin)
def loaded():
    return {name for name in heavy if name in sys.modules}
names, brought = {}, []
for call in calls:
    before = loaded()
    exec(call, names)
    brought.append(sorted(loaded() - before))
print("\\n" + json.dumps(brought))
"""


def brought_by(calls):
    done = subprocess.run([sys.executable, "-c", SESSION], input=json.dumps([list(calls), HEAVY]), text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(calls, map(set, json.loads(done.stdout.splitlines()[-1])), strict=True))


@pytest.fixture(scope="module")
def session():
    """What each of CALLS brought; numpy and pandas, which load pyarrow where it is installed, are there already."""
    return brought_by(["import numpy, pandas", *CALLS])


def test_importing_the_library_loads_none_of_it():
    assert brought_by(["import hralign"]) == {"import hralign": set()}


def test_all_public_names_together_bring_scipy_alone():
    names = "import hralign as hr; [getattr(hr, name) for name in hr.__all__]"
    assert brought_by(["import numpy, pandas", names])[names] == {"scipy"}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_brings_what_it_needs(session, call):
    assert session[call] == CALLS[call]
