"""The tables of the page on the reproduction, made from the article's claims and the record whenever the site is built.

``{reproduction} items`` writes the display items with both grades, ``scale`` the verdicts and how often each was given,
``numbers MODEL`` a printed table beside ours, ``claims ITEM, ITEM`` the claims of the text that belong to these items,
``failed COLUMN`` the statements that do not hold.  ``{reproduction-files}`` offers the downloads.  The role ``{tally}``
writes a count or a grade into a sentence, as :func:`tally` says: ``{tally}`Table 2 reproduced` ``.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from hralign.errors import HralignError
from hralign.record.claims import WORDS
from hralign.record.reproduction import BELOW, NEAR, REPRODUCED, SCALE, claims, counted, graded, overall
from hralign.study.specification import LABELS

log = logging.getLogger(__name__)

DOWNLOADS = "_static/reproduction"
KEPT = "\N{NO-BREAK SPACE}"
MODELS = {
    "table2": "Table 2", "table3/disappearances": "Table 3 (disappearances)", "table3/killings": "Table 3 (killings)",
    "table3/torture": "Table 3 (torture)", "table3/political_imprisonment": "Table 3 (political imprisonment)",
}  # fmt: skip


@cache
def table() -> pd.DataFrame:
    return claims()


def listed(caption: str, heads: list[str], rows: list[list[str]], widths: str = "auto") -> list[str]:
    """A list-table in MyST."""
    lines = [f"```{{list-table}} {caption}", ":header-rows: 1", ":class: reproduction", f":widths: {widths}", ""]
    for cells in [heads, *rows]:
        lines += [f"{'* -' if k == 0 else '  -'} {cell}".rstrip() for k, cell in enumerate(cells)]
    return [*lines, "```", ""]


def items() -> list[str]:
    rows = [
        [f"[{name}](/{row['page']}.ipynb): {row['title']}", row["aea"],
         f"{row['reproduced']} of {row['claims']}" if row["claims"] else "–",
         str(row["near"]) if row["claims"] else "–",
         row["acre_article"], row["acre_package"], row["search"]]
        for name, row in graded(table()).iterrows()
    ]  # fmt: skip
    heads = ["Item", "AEA verdict", "Reproduced", "Those and close", "ACRE, article alone", "ACRE, with our package",
             "In the search"]  # fmt: skip
    return listed("Display items and parts of the text, with both grades", heads, rows, "28 20 12 10 10 10 10")


def scale() -> list[str]:
    times = counted(table())
    rows = [[f"**{word}**", meaning, str(times[word])] for word, meaning in SCALE.items()]
    return listed("Our verdicts on single claims, and how often each was given", ["Verdict", "Means", "Claims"], rows)


def numbers(model: str) -> list[str]:
    """A printed table: a row per term, in which coefficient, error and stars have verdicts of their own."""
    if model not in MODELS:
        raise HralignError(f"The article prints no model '{model}'. Choose from: {', '.join(MODELS)}.")
    own = table().set_index("id")
    rows = []
    for term, label in LABELS.items():
        if f"{model}/{term}/coef" in own.index:
            coef, se, stars = (own.loc[f"{model}/{term}/{part}"] for part in ("coef", "se", "stars"))
            told = [
                f"{coef[side]}{stars[side].replace('none', '').replace('*', chr(92) + '*')}{KEPT}({se[side]})"
                for side in ("published", "reconstruction")
            ]
            words = [one["verdict"].replace(" ", KEPT) for one in (coef, se, stars)]
            rows.append([label, *told, difference(coef), *words])
    for fact, label in BELOW.items():
        row = own.loc[f"{model}/{fact}"]
        word = row["verdict"].replace(" ", KEPT)
        rows.append([label, row["published"], row["reconstruction"], difference(row), word, "–", "–"])
    heads = ["Term", "Published", "Reconstruction",
             "Difference (units)", "Number", "Its error", "Stars"]  # fmt: skip
    return listed(f"Published and reconstruction, {MODELS[model]} of the article", heads, rows)


def difference(row: pd.Series) -> str:
    return "–" if pd.isna(row["difference"]) else f"{row['difference']:+.1f}".replace("-", "−")


def listing(which: str) -> list[str]:
    """Claims of the text that belong to the items named (``Figure 2, Figure 3``)."""
    wanted = [part.strip() for part in which.split(",")]
    chosen = table()[table()["item"].isin(wanted)]
    if not wanted or not set(wanted) <= set(chosen["item"]):
        known = ", ".join(table()["item"].unique())
        raise HralignError(f"No claim belongs to '{which}'. Name items with a comma between them: {known}.")
    heads = ["Section", "Claim", "Published", "Reconstruction", "Difference (units)", "Verdict", "By state", "Chapter"]
    rows = [
        [row["where"], f"{row['claim'][0].upper()}{row['claim'][1:]}{'. ' + row['note'] if row['note'] else ''}",
         row["published"], row["reconstruction"], difference(row), row["verdict"],
         row["by_state"] if isinstance(row["by_state"], str) else "–", chapter(row["page"])]
        for _, row in chosen.iterrows()
    ]  # fmt: skip
    widths = [10, 32, 13, 16, 9, 9, 8, 6]
    for column in ("Difference (units)", "By state"):  # not shown where no claim has one
        k = heads.index(column)
        if all(row[k] == "–" for row in rows):
            for line in (heads, widths, *rows):
                del line[k]
    return listed(f"Claims that belong to: {', '.join(wanted)}", heads, rows, " ".join(map(str, widths)))


def chapter(page: str) -> str:
    """A link by the number of the chapter; back matter has none that a reader knows."""
    number = int(page.rpartition("/")[2][:2])
    return f"[{number if number < 90 else 'back matter'}](/{page}.ipynb)"


def failed(column: str) -> list[str]:
    """Statements that do not hold, by the article's own errors (``verdict``) or ``by_state``, with their rules."""
    chosen = table()[table()[column].eq("does not hold")]
    rule = {"verdict": "reconstruction_from", "by_state": "by_state_from"}[column]
    lines = [f"- Section {row['where']}: {row['claim']}. Rule: `{row[rule]}`." for _, row in chosen.iterrows()]
    return lines or ["There is none."]


KINDS = {"items": items, "scale": scale, "numbers": numbers, "claims": listing, "failed": failed}


class Reproduction(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        kind, _, what = self.arguments[0].partition(" ")
        box = nodes.container()
        try:
            if kind not in KINDS:
                raise HralignError(f"There is no part '{kind}'. Choose from: {', '.join(KINDS)}.")
            text = KINDS[kind](what) if what else KINDS[kind]()
        except HralignError as error:
            log.warning("%s", error, location=self.get_location())
            return []
        self.state.nested_parse(StringList(text, self.env.docname), self.content_offset, box)
        return box.children


def tally(words: str) -> str:
    """What the role writes, small counts as words with a ``w`` behind.

    ``all|KIND|ITEM claims|reproduced|near`` counts, where KIND is that of the claims (coefficient, statement, …);
    ``all|ITEM aea`` is a grade; ``verdict WORD`` and ``by_state WORD`` count how often a word of the scale was given.
    """
    asked, words = words, words.removesuffix(" w")
    which, _, what = words.partition(" ") if words.startswith(("verdict ", "by_state ")) else words.rpartition(" ")
    own, results = table(), table()[table()["verdict"].ne("no result")]
    chosen = results if which == "all" else results[results["kind"].eq(which) | results["item"].eq(which)]
    if which in ("verdict", "by_state") and what in SCALE:
        value = int(own[which].eq(what).sum())
    elif chosen.empty or what not in ("claims", "reproduced", "near", "aea"):
        raise HralignError(f"'{asked}' counts nothing: write ITEM, KIND or all, then claims, reproduced, near or aea.")
    elif what == "aea":
        return overall(own) if which == "all" else graded(own).loc[which, "aea"]
    else:
        wanted = {"claims": tuple(SCALE), "reproduced": REPRODUCED, "near": NEAR}[what]
        value = int(chosen["verdict"].isin(wanted).sum())
    return WORDS[value] if asked != words and value < len(WORDS) else f"{value:,d}"


class Tally(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            words = tally(self.text.strip())
        except HralignError as error:
            log.warning("%s", error, location=self.get_location())
            words = "?"
        return [nodes.inline(self.rawtext, words, classes=["recorded"])], []


class Downloads(SphinxDirective):
    """Links to the files that the build puts beside the site (Makefile)."""

    def run(self) -> list[nodes.Node]:
        offered = {
            "claims.csv": "every claim with verdict, references and notes, a row each",
            "README.md": "the replication package's README",
            "ro-crate-metadata.json": "the description of the package for machines (RO-Crate 1.1)",
            "reproduction-package.zip": "the whole package: these three, the library and the record",
        }
        up = "../" * self.env.docname.count("/")
        links = "".join(
            f'<li><a href="{up}{DOWNLOADS}/{name}" download>{name}</a>: {words}</li>' for name, words in offered.items()
        )
        return [nodes.raw("", f"<ul>{links}</ul>", format="html")]


def setup(app) -> dict:
    app.add_directive("reproduction", Reproduction)
    app.add_directive("reproduction-files", Downloads)
    app.add_role("tally", Tally())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
