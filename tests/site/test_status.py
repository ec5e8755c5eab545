"""The status page repeats what the executed notebooks of this build tell about themselves."""

from datetime import UTC, datetime

import pytest
import status_page
from nbformat.v4 import new_code_cell, new_notebook, new_output

import hralign as hr
from hralign.display.pages import Furniture, versions


def cell(source, said=None, start="2026-01-02T03:04:05.000000Z", end="2026-01-02T03:04:07.500000Z"):
    moments = {"iopub.status.busy": start, "shell.execute_reply": end} if start else {}
    outputs = []
    if said is not None:
        data, metadata = said._repr_mimebundle_()
        outputs = [new_output("execute_result", data, metadata=metadata, execution_count=1)]
    return new_code_cell(source, metadata={"execution": moments} if moments else {}, outputs=outputs)


@pytest.fixture(scope="module")
def notebook(world):
    later = {"start": "2026-01-02T03:05:00.000000Z", "end": "2026-01-02T03:05:05.250000Z"}
    return new_notebook(cells=[
        cell("hr.banner(src)", hr.banner(world)),
        cell("hr.cluster_bootstrap(fit, seed=3); np.random.default_rng([1, k])", start=None),
        cell("hr.versions()", versions(), **later),
    ])  # fmt: skip


def test_a_notebook_tells_source_seed_time_and_versions(notebook, world):
    run = status_page.read_run("01-a", notebook)
    assert run.source == "simulated" and run.world == world.provenance["world"]
    assert run.seed == world.provenance["seed"] and run.draws == (1, 3)
    assert run.began == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) and run.seconds == 60.25
    assert run.versions.startswith("Python 3.") and "hralign" in run.versions


def test_a_notebook_that_tells_nothing_is_said_to_be_unknown():
    run = status_page.read_run("01-a", new_notebook(cells=[cell("1", start=None)]))
    table = "\n".join(status_page.page([run]))
    assert run.seconds is None and table.count("  - –") == 5


def test_the_table_adds_up_and_names_versions_once(notebook):
    runs = [status_page.read_run(name, notebook) for name in ("01-a", "02-b")]
    table = "\n".join(status_page.page(runs))
    assert "[](/notebooks/01-a.ipynb)" in table and "**120.5**" in table and "2026-01-02 03:04" in table
    assert table.count("ran with Python") == 1 and "All of them ran" in table


def test_notebooks_run_with_other_versions_are_named(notebook):
    other = new_notebook(cells=[cell("hr.versions()", Furniture("", {"versions": {"Python": "4"}}))])
    runs = [status_page.read_run("01-a", notebook), status_page.read_run("02-b", other)]
    assert "`02-b` ran with Python 4." in status_page.page(runs)
