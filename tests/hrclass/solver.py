"""A student who knows how: answers to every assignment from the notebook's text and world alone.

The answers are worked out with plain pandas where that is possible, not with the functions that the grader uses, so
that the two check each other.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

COUNT_BY_HAND = """
panel = hr.build_panel(src)
first = panel.drop_duplicates("case")
n_cases = first["case"].nunique()
n_withdrawals = int((first["exit_kind"] == "withdraws").sum())
"""

CONSTRUCTION = [
    """
rows = src.memberships.query("igo == {igo} and year == {year} and status == 1")
scores = src.scores.query("year == {year}").set_index("state")["fariss"]
igo_mean = scores.reindex(rows["state"].drop(rows.index[rows["state"] == {state}])).mean()
""",
    "distance = scores[{state}] - igo_mean",
    """
def leave_one_out(scores):
    if len(scores) == 1:
        return [None]
    return [sum(x for k, x in enumerate(scores) if k != i) / (len(scores) - 1) for i in range(len(scores))]
""",
    COUNT_BY_HAND,
    "share_used = len(hr.estimation_sample(panel)) / (panel['member'] == 1).sum()",
]

SLOPES = [
    """
panel = hr.build_panel(src)
rows = panel[(panel["member"] == 1) & panel["distance"].notna()].astype({{"duration": float}})
def line(one):
    x, y = one["duration"], one["distance"]
    return ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
case_slope = line(rows[rows["case"] == "{case}"])
""",
    """
size = rows.groupby("case").size()
lines = pd.Series({{case: line(one) for case, one in rows.groupby("case") if size[case] >= 12}})
mean_slope, sd_slope = lines.mean(), lines.std(ddof=1)
""",
    """
fit = hr.MixedModel(rows, "distance", ["duration"], group="case", slope="duration").fit()
average_slope = fit.params["duration"]
sd_of_slopes = fit.cov_re.iloc[1, 1] ** 0.5
""",
    'own_slope = average_slope + fit.conditional_modes.loc["{case}", "duration"]',
    "shrunk = (case_slope - own_slope) / (case_slope - average_slope)",
    'with_more_years = "less"',
]

MEMBERSHIP = [
    """
panel = hr.build_panel(src)
fit = hr.fit_alignment(panel, timing="lag")
slope, slope_se = fit.params["duration"], fit.bse["duration"]
""",
    """
z = slope / slope_se
def word(z):
    return "supports" if z > 1.96 else "contradicts" if z < -1.96 else "does not support"
h2 = word(z)
""",
    "change = {years} * slope\nshare = change / abs(fit.params['intercept'])",
    """
state_se = fit.vcov("state").loc["duration", "duration"] ** 0.5
h2_by_state = word(slope / state_se)
""",
    "left = hr.fit_alignment(panel, timing='lead').params['duration'] / slope",
]

EXITS = [
    """
panel = hr.build_panel(src)
fit = hr.fit_approach(panel)
approach, approach_se = fit.params.iloc[1], fit.bse.iloc[1]
""",
    'h1 = "instrumental" if approach / approach_se > 1.96 else "neither"',
    """
kinds = panel.drop_duplicates("case")["exit_kind"]
n_withdrawals, n_ceased, n_ended = [int((kinds == k).sum()) for k in ("withdraws", "state ceases", "IGO ends")]
""",
    """
def change(case):
    one = panel[panel["case"] == case]
    exit = one["exit"].iloc[0]
    last = one[(one["member"] == 1) & (one["year"] >= exit - 5)]["distance"].mean()
    return one[(one["year"] >= exit) & (one["year"] < exit + 5)]["distance"].mean() - last
one_change = change("{case}")
""",
    """
withdrew = panel.loc[panel["exit_kind"] == "withdraws", "case"].unique()
changes = pd.Series({{case: change(case) for case in withdrew}}).dropna()
mean_change = changes.mean()
t = mean_change / (changes.std() / len(changes) ** 0.5)
h3 = "instrumental" if t < -1.96 else "intrinsic"
""",
]

DISAPPEARANCES = [
    """
panel = hr.build_panel(src, score="disappearances")
n_cases = panel["case"].nunique()
difference = n_cases - hr.build_panel(src, score="fariss")["case"].nunique()
""",
    """
fit = hr.fit_alignment(panel)
slope, slope_se = fit.params["duration"], fit.bse["duration"]
""",
    'z = slope / slope_se\nh4 = "intrinsic" if z > 1.96 else "instrumental" if z < -1.96 else "neither"',
    """
visible_slope = hr.fit_alignment(hr.build_panel(src, score="{visible}")).params["duration"]
gap = visible_slope - slope
""",
    """
def in_errors(right):
    fit = hr.fit_alignment(hr.build_panel(src, score=right))
    return fit.params["duration"] / fit.bse["duration"]
lowest = min(["disappearances", "killings", "torture", "political_imprisonment"], key=in_errors)
""",
]

TRUTH = [
    """
tests = hr.test_hypotheses(src)
z_h1, z_h2, z_h3, z_h4 = tests["estimate"] / tests["state_se"]
""",
    'reading = hr.overall(tests["state_says"])',
    'mean_rank = hr.who_joins(src)["rank"].mean()',
    """
changes = hr.exit_changes(hr.build_panel(src)).query("exit_kind == 'withdraws'")["change"].dropna()
share_fell = (changes < 0).mean()
""",
    """
if mean_rank < 0.4:
    mechanism = "selection"
elif z_h1 > 5 and changes.mean() < 0:
    mechanism = "instrumental"
elif z_h2 > 1.96 and changes.mean() > 0:
    mechanism = "intrinsic"
else:
    mechanism = "null"
""",
    """
rival = "null" if mechanism != "null" else "selection"
defence = (f"I name {{mechanism}}. The mean rank of entrants is {{mean_rank:.2f}}, and the approach is {{z_h1:.1f}} "
           f"standard errors from zero; H2 has {{z_h2:.1f}}. Had it been {{rival}}, these numbers would be others. "
           + "The argument goes on for as long as it has to. " * 8)
""",
]

SOLUTIONS = {5: CONSTRUCTION, 6: SLOPES, 7: MEMBERSHIP, 8: EXITS, 9: DISAPPEARANCES, 22: TRUTH}


def picks(text: str) -> dict[str, str]:
    """What the wording of a notebook tells its student to look at."""
    patterns = {
        "igo": r"\(IGO (\d+)\)", "state": r"\(state (\d+)\)", "year": r"In (\d{4}), ", "case": r"[Cc]ase `(\d+-\d+)`",
        "years": r"\*\*(\d+) years\*\*", "visible": r"Fit the same model to `(\w+)`",
    }  # fmt: skip
    return {name: found[1] for name, pattern in patterns.items() if (found := re.search(pattern, text))}


def answers(chapter: int, notebook: Path) -> list[str]:
    """The code for each question."""
    text = "\n".join(cell.source for cell in nbformat.read(notebook, as_version=4).cells)
    return [code.format(**picks(text)).strip() for code in SOLUTIONS[chapter]]


def hand_in(notebook: Path, codes: list[str], target: Path) -> Path:
    """Put code into the answer cells of an assignment, and the whole into the folder of submissions."""
    book = nbformat.read(notebook, as_version=4)
    cells = [cell for cell in book.cells if cell.cell_type == "code"][1:]
    for cell, code in zip(cells, codes, strict=True):
        cell.source = code
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, target)
    return target
