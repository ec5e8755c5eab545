"""What becomes of each form of MyST in a plain notebook, what is refused, and what of removed code stays."""

from __future__ import annotations

import re

import pytest
from plain import edition
from plain.chapter import Faults

BIB = """@article{weyrauch2021, author = {Weyrauch, David and Steinert, Christoph}, title = {A}, journal = {B},
year = 2021, doi = {10.1/2}}
@book{three, author = {One, A. and Two, B. and Three, C.}, title = {Of $x$_y}, publisher = {P}, year = 2000}
"""
CARD = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n  language: python\n---\n\n# A chapter\n\n"


@pytest.fixture
def small(tmp_path):
    """A function: the one chapter of a small book in plain Markdown, without its title."""
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "book/references.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "book/glossary.md").write_text("# Words\n\n```{glossary}\nIGO mean\n  A mean.\n```\n", encoding="utf-8")
    (tmp_path / "notebooks/02-next.md").write_text(CARD.replace("A chapter", "The next"), encoding="utf-8")

    def small(text, **environment):
        (tmp_path / "notebooks/01-chapter.md").write_text(CARD + text, encoding="utf-8")
        notebook = edition.build(tmp_path, environment=environment)["01-chapter"]
        return "\n\n".join(cell.source for cell in notebook.cells).split("\n\n", 2)[-1]

    return small


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("As {cite:t}`weyrauch2021` say {cite}`three`.",
         "As Weyrauch and Steinert ([2021](https://doi.org/10.1/2)) say (One *et al.*, 2000)."),
        ("{cite}`three,weyrauch2021`", "(One *et al.*, 2000; [Weyrauch and Steinert, 2021](https://doi.org/10.1/2))"),
        ("See [](02-next.ipynb), [it](02-next.ipynb) and [**{term}`IGO mean`**](../book/glossary.md).",
         "See [The next](02-next.ipynb), [it](02-next.ipynb) and **IGO mean**."),
        ("The {term}`means <IGO mean>` `{term}`x`.", "The means `{term}`x`."),
        ("- one\n\n  > A {term}`IGO mean`,\n  > twice: {term}`IGO mean`",
         "- one\n\n  > A IGO mean,\n  > twice: IGO mean"),
        ("| {term}`IGO mean` | b |\n|---|---|\n| `a` | {term}`IGO mean` |",
         "| IGO mean | b |\n|---|---|\n| `a` | IGO mean |"),
        (":::{note}\n- $a_b$ {term}`IGO mean`\n:::", "> **Note**\n>\n> - $a_b$ IGO mean"),
        (":::{admonition} Its title\n:class: x\n\nWords.\n:::", "> **Its title**\n>\n> Words."),
        ("- one\n\n  :::{tip}\n  Words.\n  :::", "- one\n\n  > **Tip**\n  >\n  > Words."),
        ("Words.\n\n% a comment\n\n```{claim} x y > 2\nz y > 1\n```\n\nMore.", "Words.\n\n\n\n\n\nMore."),
        ("```{instrument} clock\n```", "> **Whose clock?**, an instrument in the laboratory of the site: give "
         "the drift to the calendar or to the cohorts, and see the slope move."),
        ("$$\nx\n$$ (label)", "$$\nx\n$$"), ("```python\nx = '{term}`y`'\n```", "```python\nx = '{term}`y`'\n```"),
        ("`NAME`\n: what it is", "- **`NAME`**\n  what it is"),
        ("```{list-table} A title\n:header-rows: 1\n\n* - A\n  - B\n* - $a|b$\n\n    c\n  - {term}`IGO mean`\n```",
         "**A title**\n\n| A | B |\n|---|---|\n| $a\\|b$<br>c | IGO mean |"),
        (":::{check} Is *it*?\n- [x] `a` < $b_c$\n\n  So {term}`IGO mean`.\n- [ ] no\n\n  Why?\n:::",
         "**1. Is *it*?**\n\n<details>\n<summary><code>a</code> &lt; $b_c$</summary>\n\n**Right.** So IGO mean."
         "\n\n</details>\n<details>\n<summary>no</summary>\n\n**Not quite.** Why?\n\n</details>"),
        ("```{exercise}\n:label: e\nWhy?\n```\n\n```{solution-start} e\n:class: dropdown\n```\n\nSo.\n\n"
         "```{solution-end}\n```",
         "### Exercise 1.1\n\nWhy?\n\n<details>\n<summary>Solution of exercise 1.1</summary>\n\nSo.\n\n</details>"),
    ],
)  # fmt: skip
def test_each_form_in_plain_markdown(small, myst, plain):
    told = re.sub(r"\n\n## Works cited.*", "", small(f"Begin.\n\n{myst}\n"), flags=re.S)
    assert told.removeprefix("Begin.").strip("\n") == plain


def test_works_are_listed_and_keep_signs_that_mean_something(small):
    listed = "## Works cited\n\n- A. One, B. Two, and C. Three. *Of \\$x\\$\\_y*. P, 2000."
    assert small("{cite}`three`\n").endswith(listed)


def test_the_site_is_linked_to_once_it_has_an_address(small):
    told = small(
        "A {term}`IGO mean`, [](02-next.ipynb), [x](../book/glossary.md#term-IGO-mean).\n\n"
        "```{instrument} clock\n```\n",
        SITE="https://s.org/b/",
    )
    assert "[laboratory](https://s.org/b/book/laboratory.html#instrument-clock)" in told
    assert "[IGO mean](https://s.org/b/book/glossary.html#term-IGO-mean)" in told
    assert "[The next](https://s.org/b/notebooks/02-next.html)" in told
    assert "[x](https://s.org/b/book/glossary.html#term-IGO-mean)" in told


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("{cite}`nobody`", 12, "'nobody', which is not in book/references.bib"),
        ("[](03-gone.ipynb)", 12, "no page of the book"),
        ("{term}`case`", 12, "the glossary does not have"), ("{unheard}`x`", 12, "the role {unheard}"),
        ("```{unheard}\n```", 12, "the directive {unheard}"),
        ("```{instrument} compass\n```", 12, "there is no instrument 'compass': multiverse, "),
        (":::\nx\n:::", 12, "a colon fence without a directive"),
        ("A {rec}`none/such x y .2f`", 12, "none/such"), ("A line,\nthen {cite}`nobody`", 13, "'nobody'"),
        (":::{note}\nA line.\n\n{cite}`nobody`\n:::", 15, "'nobody'"), ("{{ x }}", 12, "a substitution"),
        ("```{list-table}\n* - A\n  - B\n* - C\n```", 12, "rows are not of one length"),
        ("![x](y.png)", 12, "a picture"),
        ("```{solution-start} e\n```\n\n```{solution-end}\n```", 12, "no exercise above it"),
        (":::{check} What?\nWords.\n:::", 12, "one list of options"), ("[x](y.ipynb){.z}", 12, "y.ipynb"),
        ("`x`{.z}", 12, "the attributes {.z}"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_named_with_its_line(small, text, line, words):
    with pytest.raises(Faults) as told:
        small(f"Words.\n\n{text}\n")
    assert f"notebooks/01-chapter.md:{line}: " in str(told.value) and words in str(told.value)


def test_a_removed_cell_is_refused_but_for_colabs(small):
    cell = "```{code-cell} ipython3\n:tags: [remove-cell]\n\n%s\n```\n"
    assert "google.colab" in small(cell % "'google.colab' in sys.modules")
    with pytest.raises(Faults, match="a removed cell, which readers of notebooks would miss: fold it"):
        small(cell % "secret = 1")
