"""A student who knows how: answers to every question of every assignment, from the notebook's text and world alone.

Keyed by the title of the question. The answers are worked out with plain pandas where that is possible, not with the
functions that the grader uses, so that the two check each other.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

DEFENCE = '''
named = {name: value for name, value in globals().items() if isinstance(value, float) and name in "NUMBERS".split()}
defence = "I rest my case on these numbers. " + ". ".join(f"The value of {{name}} is {{value:.4g}}"
          for name, value in named.items()) + """. Of what else could have made them, chance comes first: a world without any
mechanism, such as null, would have shown less of it, and selection would have shown in who joins rather than in what happens
afterwards. I therefore draw no more than follows: the direction is clear, the size is small, and one further history of the
same kind would persuade me more than another test on this one. What would change my mind is a group of outsiders that moved
in the same years by as much, since then nothing of this could be due to the company that these states keep."""
'''

COMPANY = """
rows = src.memberships.query("igo == {igo} and year == {year} and status == 1")
scores = src.scores.query("year == {year}").set_index("state")["fariss"]
others = scores.reindex(rows["state"][rows["state"] != {state}])
igo_mean = others.mean()
"""
CASES = "panel = hr.build_panel(src)\nfirst = panel.drop_duplicates('case')\n"

CONSTRUCTION = {
    "The company": COMPANY,
    "The distance": "distance = scores[{state}] - igo_mean",
    "Who is lower?": "n_lower = int((others < scores[{state}]).sum())",
    "Without the best": "mean_change = others.sort_values().iloc[:-1].mean() - igo_mean",
    "All members at once": """
def leave_one_out(scores):
    if len(scores) == 1:
        return [None]
    return [sum(x for k, x in enumerate(scores) if k != i) / (len(scores) - 1) for i in range(len(scores))]
""",
    "Whose company?": """
def company(rows, state):
    kept = [score for who, status, score in rows if who != state and status == 1 and score is not None]
    return np.mean(kept) if kept else None
""",
    "Spells": """
def spells(years):
    runs = []
    for year in sorted(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return runs
""",
    "Cases and exits": CASES + "n_cases = len(first)\nn_withdrawals = (first['exit_kind'] == 'withdraws').sum()",
    "Whose cases?": CASES + "n_states = first['state'].nunique()\nbusiest = first.groupby('state').size().max()",
    "The choice of cases": CASES + "n_all = hr.build_panel(src, select='all')['case'].nunique()\n"
    "share_below = len(first) / n_all",
    "The estimation sample": CASES + "share_used = len(hr.estimation_sample(panel)) / (panel['member'] == 1).sum()",
    "Cases that vanish": CASES + "share_used = hr.estimation_sample(panel)['case'].nunique() / len(first)",
    "How long is a case?": CASES
    + "n = hr.estimation_sample(panel).groupby('case').size()\nmean_rows = n.sum() / len(n)\n"
    "share_short = (n < 10).mean()",
}

LINE = """
panel = hr.build_panel(src)
rows = panel[(panel["member"] == 1) & panel["distance"].notna()].astype({{"duration": float}})
def line(one):
    x, y = one["duration"], one["distance"]
    return ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
mine = rows[rows["case"] == "{case}"].sort_values("duration")
case_slope = line(mine)
level = mine["distance"].mean() - case_slope * mine["duration"].mean()
"""
LINES = """
size = rows.groupby("case").size()
lines = pd.Series({{case: line(one) for case, one in rows.groupby("case") if size[case] >= {long}}})
"""
MODEL = """
fit = hr.MixedModel(rows, "distance", ["duration"], group="case", slope="duration").fit()
average_slope = fit.params["duration"]
"""
OWN = 'own_slope = average_slope + fit.conditional_modes.loc["{case}", "duration"]\n'
THEIRS = "theirs = average_slope + fit.conditional_modes['duration']\n"

SLOPES = {
    "One case, one line": LINE + "at_five = level + 5 * case_slope",
    "One line, and what is off it": LINE
    + "scatter = ((mine['distance'] - level - case_slope * mine['duration'])**2).mean()**.5",
    "A line, and its ends": LINE + "a, b = mine.iloc[0], mine.iloc[-1]\n"
    "ends_slope = (b['distance'] - a['distance']) / (b['duration'] - a['duration'])",
    "All cases, a line each": LINES + "mean_slope, sd_slope = lines.mean(), lines.std(ddof=1)",
    "Which way do they go?": LINES + "median_slope, share_up = lines.median(), (lines > 0).mean()",
    "One vote a case, or one a year": LINES
    + "n = size[lines.index]\nby_case = lines.mean()\nby_rows = (lines * n).sum() / n.sum()",
    "The varying-slopes model": MODEL + "sd_of_slopes = fit.cov_re.iloc[1, 1] ** 0.5",
    "Levels and slopes": MODEL + "rho = fit.cov_re.iloc[0, 1] / (fit.cov_re.iloc[0, 0] * fit.cov_re.iloc[1, 1]) ** 0.5",
    "How far apart they start": MODEL + "sd_of_levels = fit.cov_re.iloc[0, 0] ** 0.5",
    "The model's guess of the one case": OWN,
    "The one case, and the steepest": OWN + THEIRS + "steepest = theirs.max()",
    "The one case, and the many": OWN + THEIRS + "share_positive = (theirs > 0).mean()",
    "Shrinkage": "shrunk = (case_slope - own_slope) / (case_slope - average_slope)",
    "What is kept": "kept = (own_slope - average_slope) / (case_slope - average_slope)",
    "The pull": "pull = own_slope - case_slope",
    "More years": 'pulled = "less"',
    "More noise": 'pulled = "more"',
    "More variety": 'pulled = "less"',
}

TABLE2 = """
panel = hr.build_panel(src)
fit = hr.fit_alignment(panel, timing="{timing}")
slope, slope_se = fit.params["duration"], fit.bse["duration"]
def word(z, clear=1.96):
    return "supports" if z > clear else "contradicts" if z < -clear else "does not support"
"""
BY_STATE = "state_se = fit.vcov('state').loc['duration', 'duration'] ** 0.5\n"

MEMBERSHIP = {
    **{f"Table 2, timing {timing}": TABLE2 for timing in ("lag", "same", "lead")},
    "What it says of H2, at 5 %": "z = slope / slope_se\nh2 = word(z)",
    "What it says of H2, at 1 %": "z = slope / slope_se\nh2 = word(z, 2.576)",
    "The interval": "lower, upper = slope - 1.96 * slope_se, slope + 1.96 * slope_se\nh2 = word(slope / slope_se)",
    "In plain size": "change = {years} * slope\nshare = change / abs(fit.params['intercept'])",
    "How long does it take?": "years_needed, decade = {goal} / slope, 10 * slope",
    "Against a war": "war = fit.params['civil_war']\nwar_years = -war / slope",
    "Cases are not alone": BY_STATE + "h2_by_state = word(slope / state_se, {clear})",
    "How much more uncertain?": BY_STATE + "inflation = state_se / slope_se",
    "The lower end": BY_STATE + "lower_by_state = slope - 1.96 * state_se",
    "Another year": "left = hr.fit_alignment(panel, timing='{other}').params['duration'] / slope",
    "What a case lives through": "lived = slope + fit.params['year'] / fit.model.frame.attrs['spread']['year']",
    "Without the calendar": """
terms = [term for term in hr.TERMS if term not in ("intercept", "year")]
free = hr.MixedModel(fit.model.frame, outcome="outcome", terms=terms, group="case", slope="duration").fit()
slope_free = free.params["duration"]
more = slope_free - slope
""",
}

APPROACH = """
panel = hr.build_panel(src)
fit = hr.fit_approach(panel, {window})
approach, approach_se = fit.params.iloc[1], fit.bse.iloc[1]
"""
SAME = """
at = panel.set_index(["case", "years_to_accession"])["distance"].dropna()
early, late = (at.xs(k, level="years_to_accession") for k in ({start}, -1))
both = (late - early).dropna()
n_same, same_change = len(both), both.mean()
"""
EXIT = """
kinds = panel.drop_duplicates("case").set_index("case")["exit_kind"]
def stretch(case, first, last, column="distance", member=False):
    one = panel[(panel["case"] == case) & panel["distance"].notna()]
    exit = one["exit"].iloc[0]
    return one[one["year"].between(exit + first, exit + last) & ((one["member"] == 1) | (not member))][column].mean()
"""
H3 = """
def change(case, n=5):
    return stretch(case, 0, n - 1) - stretch(case, -n, -1, member=True)
changes = pd.Series({{case: change(case, {n}) for case in kinds.index[kinds == "withdraws"]
                     if panel[panel["case"] == case]["distance"].notna().any()}}).dropna()
{average}
mean_change = changes.mean()
t = mean_change / (changes.std() / len(changes) ** 0.5)
h3 = "instrumental" if t < -1.96 else "intrinsic"
"""

EXITS = {
    **dict.fromkeys(("The approach", "The approach, without the last year", "The approach, in six years"), APPROACH),
    **{f"H1, at {level}": f"z = approach / approach_se\nh1 = 'instrumental' if z > {clear} else 'neither'"
       for level, clear in {"5 %": 1.96, "1 %": 2.576, "10 %": 1.645}.items()},
    **{f"The same cases, from {k} years before": SAME for k in (3, 5, 10)},
    "Exits of three kinds": EXIT + "n_withdrawals, n_ceased, n_ended = "
    "[int((kinds == k).sum()) for k in ('withdraws', 'state ceases', 'IGO ends')]",
    "Who turns back?": EXIT + "n_exits = kinds.notna().sum()\nshare_withdrew = (kinds == 'withdraws').sum() / n_exits",
    "How many decisions?": EXIT + "gone = kinds.index[kinds == 'withdraws']\nn_withdrawals = len(gone)\n"
    "n_states = len({{case.split('-')[1] for case in gone}})",
    "One exit by hand": "one_change = stretch('{case}', 0, 4) - stretch('{case}', -5, -1, member=True)",
    "One return by hand": "before = panel[(panel['case'] == '{case}') & panel['years_to_accession'].between(-5, -1)]\n"
    "one_return = stretch('{case}', 0, 4) - before['distance'].mean()",
    "Who moved?": "score_change = stretch('{case}', 0, 4, 'score') - stretch('{case}', -5, -1, 'score', member=True)",
    "H3": H3.replace("{n}", "5").replace("{average}", ""),
    "H3, over three years": H3.replace("{n}", "3").replace("{average}", ""),
    "H3, state by state": H3.replace("{n}", "5").replace(
        "{average}", "changes = changes.groupby(changes.index.str.split('-').str[1]).mean()"),
}  # fmt: skip

HIDDEN = "panel = hr.build_panel(src, score='disappearances')\nmine = set(panel['case'])\nn_cases = len(mine)\n"
FARISS = "theirs = set(hr.build_panel(src, score='fariss')['case'])\n"
RIGHTS = """
rights = ["disappearances", "killings", "torture", "political_imprisonment"]
fits = {{right: hr.fit_alignment(hr.build_panel(src, score=right)) for right in rights}}
"""

DISAPPEARANCES = {
    "Another score, other cases": HIDDEN + FARISS + "difference = n_cases - len(theirs)",
    "On both lists": HIDDEN + FARISS + "n_both = len(mine & theirs)",
    "On all four lists": HIDDEN + "n_all_four = len(mine.intersection(*(hr.build_panel(src, score=right)['case'] "
    "for right in ('killings', 'torture', 'political_imprisonment'))))",
    **{f"Table 3, timing {t}": "fit = hr.fit_alignment(panel, timing='{timing}')\n"
       "slope, slope_se = fit.params['duration'], fit.bse['duration']" for t in ("lag", "same", "lead")},
    **{f"H4, at {level}": f"z = slope / slope_se\nh4 = 'intrinsic' if z > {c} else 'instrumental' if z < -{c} else 'neither'"
       for level, c in {"5 %": 1.96, "1 %": 2.576, "10 %": 1.645}.items()},
    "Against a visible right": "seen = hr.fit_alignment(hr.build_panel(src, score='{visible}'), timing='{timing}')\n"
    "visible_slope = seen.params['duration']\ngap = visible_slope - slope",
    "One contrast": RIGHTS + "visible_mean = np.mean([fits[right].params['duration'] for right in rights[1:]])\n"
    "delta = fits['disappearances'].params['duration'] - visible_mean",
    "All four": RIGHTS + "zs = {{right: one.params['duration'] / one.bse['duration'] for right, one in fits.items()}}\n"
    "lowest = min(zs, key=zs.get)\nz_lowest = zs[lowest]",
    "Chosen in a bad year": "m = panel.groupby(panel['year'] - panel['accession'])['distance'].mean()\n"
    "into, out = m[-1] - m[-3], m[0] - m[-1]",
    "Under the ceiling": "top = (src.scores['disappearances'].dropna() == 2).mean()\n"
    "top_visible = (src.scores['{ceiling}'].dropna() == 2).mean()",
    "Another year": "other_slope = hr.fit_alignment(panel, timing='{other}').params['duration']\nleft = other_slope / slope",
}  # fmt: skip

TESTS = "tests = hr.test_hypotheses(src{score})\nz_h1, z_h2, z_h3, z_h4 = tests['estimate'] / tests['{error}_se']\n"
READ = """
says = [z_h1 > {clear}, z_h3 < -{clear}, z_h4 < -{clear}]
reading = {{(1, 0): "intrinsic", (0, 1): "instrumental", (1, 1): "both", (0, 0): "neither"}}[z_h2 > {clear}, any(says)]
"""
OUTSIDE = """
inside = src.memberships.query("igo == {igo} and year == {year} and status == 1")["state"]
scores = src.scores.query("year == {year}").set_index("state")["fariss"].dropna()
far = (scores.drop(inside, errors="ignore") - scores.reindex(inside).mean()).abs()
own_gap = far[{state}]
n_outside, n_nearer = len(far), int((far < own_gap).sum())
"""
WITHDREW = "gone = hr.exit_changes(hr.build_panel(src)).query(\"exit_kind == 'withdraws'\")['change'].dropna()\nafter = gone.mean()\n"
MECHANISM = """
ranks = hr.who_joins(src)["rank"].mean()
usual = hr.test_hypotheses(src)
usual_z = usual["estimate"] / usual["state_se"]
if ranks < 0.4:
    mechanism = "selection"
elif usual_z["H1"] > 5 and after < 0:
    mechanism = "instrumental"
elif usual_z["H2"] > 1.96 and after > 0:
    mechanism = "intrinsic"
else:
    mechanism = "null"
"""

TRUTH = {
    "The four tests": TESTS.replace("{score}", "").replace("{error}", "state"),
    "The four tests, as the paper has them": TESTS.replace("{score}", "").replace("{error}", "model"),
    "The four tests, on another ruler": TESTS.replace("{score}", ", 'physint'").replace("{error}", "state"),
    **{f"The paper's reading, at {level}": READ.replace("{clear}", clear)
       for level, clear in {"5 %": "1.96", "1 %": "2.576", "10 %": "1.645"}.items()},
    "Who joins?": "joiners = hr.who_joins(src)['rank'].mean()",
    "Who joins from near?": "joiners = (hr.who_joins(src)['rank'] < 0.25).mean()",
    "Who joins from far?": "joiners = (hr.who_joins(src)['rank'] > 0.5).mean()",
    "One entrant by hand": OUTSIDE,
    "One entrant against the median": OUTSIDE + "median_gap = far.median()",
    "One entrant's place": OUTSIDE + "share_nearer = n_nearer / (n_outside - 1)",
    "What is taken back?": WITHDREW + "share_fell = (gone < 0).mean()",
    "The deepest fall": WITHDREW + "deepest = gone.min()",
    "How well is it known?": WITHDREW + "after_se = gone.std() / len(gone) ** 0.5",
    **dict.fromkeys(("The mechanism", "Which of the four?", "Your verdict"), MECHANISM),
}  # fmt: skip

SOLUTIONS = {5: CONSTRUCTION, 6: SLOPES, 7: MEMBERSHIP, 8: EXITS, 9: DISAPPEARANCES, 22: TRUTH}
LEVELS = {"5": "1.96", "1": "2.576", "10": "1.645"}


def picks(text: str, whole: str) -> dict[str, str]:
    """What the wording of a question (and of the notebook, for the timing) tells its student to look at."""
    patterns = {
        "igo": r"\(IGO (\d+)\)", "state": r"\(state (\d+)\)", "case": r"[Cc]ase `(\d+-\d+)`", "long": r"\*\*(\d+) membership years",
        "years": r"\*\*(\d+) years\*\*", "goal": r"\*\*([\d.]+) points\*\*", "visible": r"Fit the same model to `(\w+)`",
        "ceiling": r"And for `(\w+)`", "start": r"\*\*(\d+) years before\*\*", "other": r"with timing `(\w+)` as well",
        "level": r"\*\*(\d+) %\*\*",
    }  # fmt: skip
    found = {name: match[1] for name, pattern in patterns.items() if (match := re.search(pattern, text))}
    year = re.search(r"In (\d{4}), |Look at (\d{4}), ", whole)
    timing = re.search(r"timing `(\w+)`", whole)
    company = {name: match[1] for name in ("igo", "state") if (match := re.search(patterns[name], whole))}
    found = company | found | {"year": year and (year[1] or year[2]), "timing": timing and timing[1]}
    found["clear"] = LEVELS.get(found.get("level"), "1.96")
    found["start"] = f"-{found.get('start')}"
    window = "skip_last=1" if "the last of them left out" in text else "years=6" if "six years" in text else "years=10"
    return found | {"window": window}


def answers(chapter: int, notebook: Path) -> list[str]:
    """The code for each question."""
    return solve(chapter, nbformat.read(notebook, as_version=4))


def solve(chapter: int, book: nbformat.NotebookNode) -> list[str]:
    asked = [
        cell.source for cell in book.cells if cell.cell_type == "markdown" and cell.source.startswith("## Question")
    ]
    whole = "\n".join(asked)
    codes, names = [], []
    for text in asked:
        title = re.match(r"## Question \d+\. (.*) \([\d.]+ points\)", text)[1]
        if "`defence`" in text:
            codes.append(DEFENCE.replace("NUMBERS", " ".join(names)).replace("{{", "{").replace("}}", "}").strip())
        else:
            codes.append(SOLUTIONS[chapter][title].format(**picks(text, whole)).strip())
        names += re.findall(r"^\*?`(\w+)` is in|(?<=\. )`(\w+)` is in", text, re.M) and [
            a or b for a, b in re.findall(r"(?:^\*|(?<=\. ))`(\w+)` is in|(?<=\. )`(\w+)` is in", text, re.M)]  # fmt: skip
    return codes


def put(book: nbformat.NotebookNode, codes: list[str]) -> nbformat.NotebookNode:
    """Put code into the answer cells: all between the first, which loads the world, and the last, which checks."""
    cells = [cell for cell in book.cells if cell.cell_type == "code"][1:-1]
    for cell, code in zip(cells, codes, strict=True):
        cell.source = code
    return book


def hand_in(notebook: Path, codes: list[str], target: Path) -> Path:
    """Put code into the answer cells of an assignment, and the whole into the folder of submissions."""
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(put(nbformat.read(notebook, as_version=4), codes), target)
    return target
