"""The tables of the page on the reproduction, made from the article's claims and the record whenever the site is built.

``{reproduction} items`` writes the display items with both grades, ``scale`` the verdicts and how often each was given,
``numbers TABLE`` a printed table beside ours, ``claims WHERE`` the claims of the text in the sections named, ``failed COLUMN``
the statements that do not hold.  The role ``{tally}`` writes a count
or a grade into a sentence: ``{tally}`Table 2 reproduced` ``, ``{tally}`all claims` ``, ``{tally}`verdict close` ``.
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
from hralign.record.reproduction import BELOW, NEAR, REPRODUCED, SCALE, claims, counted, graded, overall, place
from hralign.study.specification import LABELS

log = logging.getLogger(__name__)

DOWNLOADS = "_static/reproduction"
MODELS = {
    "table2": "Table 2", "table3/disappearances": "Table 3, disappearances", "table3/killings": "Table 3, killings",
    "table3/torture": "Table 3, torture", "table3/political_imprisonment": "Table 3, political imprisonment",
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
                f"{coef[side]}{stars[side].replace('none', '').replace('*', chr(92) + '*')} ({se[side]})"
                for side in ("published", "reconstruction")
            ]
            rows.append([label, *told, difference(coef), coef["verdict"], se["verdict"], stars["verdict"]])
    for fact, label in BELOW.items():
        row = own.loc[f"{model}/{fact}"]
        rows.append([label, row["published"], row["reconstruction"], difference(row), row["verdict"], "", ""])
    heads = [MODELS[model].partition(", ")[2].capitalize() or "Term", "Published", "Reconstruction",
             "Difference (units)", "Number", "Its error", "Stars"]  # fmt: skip
    return listed(f"{MODELS[model]}: published and reconstruction", heads, rows)


def difference(row: pd.Series) -> str:
    return "–" if pd.isna(row["difference"]) else f"{row['difference']:+.1f}".replace("-", "−")


def listing(where: str) -> list[str]:
    """Claims of the text in the sections named (``5,6``), or in the abstract."""
    wanted = [part.strip() for part in where.split(",")]
    text = table()[~table()["where"].str.startswith("Table")]
    chosen = text[text["where"].map(place).isin(wanted)]
    if chosen.empty:
        raise HralignError(f"No claim stands in '{where}'. Name sections of the article, as in: claims 5, 6.")
    rows = [
        [row["where"], f"{row['claim'][0].upper()}{row['claim'][1:]}{'. ' + row['note'] if row['note'] else ''}",
         row["published"], row["reconstruction"], difference(row), row["verdict"],
         row["by_state"] if isinstance(row["by_state"], str) else "–", f"[chapter](/{row['page']}.ipynb)"]
        for _, row in chosen.iterrows()
    ]  # fmt: skip
    heads = ["Section", "Claim", "Published", "Reconstruction", "Difference (units)", "Verdict", "By state", "Shown"]
    sections = "abstract" if wanted == ["abstract"] else f"sections {', '.join(wanted)}"
    return listed(f"Claims of the text: {sections}", heads, rows, "9 31 12 16 9 9 8 6")


def failed(column: str) -> list[str]:
    """The statements that do not hold, as a list: by the article's own errors (``verdict``) or ``by_state``."""
    chosen = table()[table()[column].eq("does not hold")]
    lines = [f"- Section {row['where']}: {row['claim']} ({row['reconstruction']})." for _, row in chosen.iterrows()]
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
    """What the role writes: ``all|ITEM claims|reproduced|near|share|aea``, or ``verdict WORD``; small counts as words
    with a ``w`` behind."""
    words, as_word = (words.removesuffix(" w"), True) if words.endswith(" w") else (words, False)
    which, _, what = words.rpartition(" ")
    if words.startswith("verdict "):
        which, what = "verdict", words.removeprefix("verdict ")
    verdicts = table()["verdict"][table()["verdict"].ne("no result")]
    if which == "verdict" and what in SCALE:
        value = counted(table())[what]
    elif which == "statements" and what in SCALE:
        value = table()["by_state"].eq(what).sum()
    elif which == "all" and what == "aea":
        return overall(table())
    else:
        known = graded(table())
        if which in known.index:
            row = known.loc[which]
        elif which == "all":
            row = {"claims": len(verdicts), "reproduced": verdicts.isin(REPRODUCED).sum(),
                   "near": verdicts.isin(NEAR).sum()}  # fmt: skip
        else:
            raise HralignError(f"'{words}' counts nothing: write ITEM, all, verdict or statements, then what.")
        if what not in row:
            raise HralignError(f"'{words}' counts nothing: there are claims, reproduced, near and aea.")
        value = row[what]
    if isinstance(value, str):
        return value
    return WORDS[value] if as_word and value < len(WORDS) else f"{value:,d}"


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
