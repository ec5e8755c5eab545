"""The lecture slides: what their text may ask for and claim, what becomes of it, and pages that need nothing else."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import deck
import lecture
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from plain.book import open_book
from plain.chapter import Faults, plain_notebook
from plain.text import Page

from executed import MADE, REAL, output, result
from hralign.record import store
from hralign.record.collect import FIGURE, KEY, PAGE, RESULT

ROOT = Path(__file__).parents[2]
PARTS = deck.parts(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
NUMBERED = list(enumerate(PARTS.items(), start=1))
PAGES = ROOT / "_build" / "slides"
SHORT = {3, 4, 11, 16, 20}
CAST = ("South Africa", "Zimbabwe", "Myanmar")
NAMED = re.compile(r'name="(drawn/[\w-]+)"')
RAW = re.compile(r"\{[\w:-]+\}`|^ *:::|^ *```|^\?\?\?|\{(?:check|result|claim|source)|\$[^$]+\$|\]\(", re.M)


@pytest.fixture(scope="module")
def book():
    return open_book(ROOT, {})


# ----------------------------------------------------------------------------------------------- the text as it stands


@cache
def facts_of(name):
    return plain_notebook(ROOT / "notebooks", name, open_book(ROOT, {})).metadata[KEY][PAGE]


@cache
def asked_for():
    """What chapters show, as far as the record and their text tell without being executed."""
    names = [*store.names()]
    for path in (ROOT / "notebooks").glob("*.md"):
        names += NAMED.findall(path.read_text(encoding="utf-8"))
    return {name: {"caption": "", "views": {"run": "<table></table>"}} for name in names}


@cache
def written(number):
    """The slides of a part by chapter: every number is on record, every claim holds, every result has a name."""
    names = list(PARTS.values())[number - 1]
    path = ROOT / f"book/_slides/part-{number}.md"
    made = deck.deck(path, [facts_of(name) for name in names], asked_for(), open_book(ROOT, {}))
    return {facts["number"]: slides for facts, slides in made}


@pytest.mark.parametrize("number", [number for number, _ in NUMBERED])
def test_the_text_asks_only_for_what_there_is_and_claims_only_what_holds(number):
    for chapter, slides in written(number).items():
        kinds = [slide.kind for slide in slides]
        assert kinds[0] == "chapter" and kinds[-2:] == ["points", "check"], chapter
        own = len(slides) - 3
        assert (3 if chapter in SHORT else 4) <= own <= (4 if chapter in SHORT else 7), f"chapter {chapter}: {own}"


@pytest.mark.parametrize("number", [number for number, _ in NUMBERED])
def test_headlines_are_sentences_that_can_be_read_at_a_glance(number):
    heads = [text(slide.headline) for slides in written(number).values() for slide in slides[1:-2]]
    assert all(len(one.split()) >= 5 and len(one) <= 125 for one in heads), [one for one in heads if len(one) > 125]
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize("number", [number for number, _ in NUMBERED])
def test_the_three_states_appear(number):
    said = " ".join(slide.headline + slide.words + slide.notes for all_ in written(number).values() for slide in all_)
    assert all(name in said for name in CAST)


def test_the_model_is_read_aloud_and_the_scoreboard_closes():
    first = written(2)[7][1]
    assert "<math" in first.words and first.words.count("<li>") == 3 and "Read it aloud" in first.notes
    assert list(written(3))[-1] == 23 and "scoreboard" in written(3)[23][-3].headline.lower()


def text(markup):
    return BeautifulSoup(markup, "html.parser").get_text()


# ------------------------------------------------------------------------------------------------ from text to slides


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{rec}`published/table2 civil_war coef .2f` points", "−0.27 points"),
        ("{rec}`published/table2 groups ,d` cases", "848 cases"),
        ("{cite:t}`weyrauch2021` say", "Weyrauch and Steinert (2021) say"),
        ("[](05-building-the-panel.ipynb) has it", "Building the panel has it"),
        ("its {term}`measures <distance>`", "its measures"),
        ('a "word" -- *so*', "a “word” – <em>so</em>"),
    ],
)
def test_myst_becomes_words_without_links(written, shown, book):
    page = Page("03-who-belongs-where", book)
    assert lecture.WRITER.renderInline(page.plain(written)) == shown
    assert page.faults == []


def test_formulas_become_mathml():
    assert re.match("costs (<span[^>]*>)?<math", words := lecture.WRITER.renderInline(r"costs $1 + \rho$ twice"))
    assert "ρ" in words and "$" not in words
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in lecture.WRITER.render("$$\nx\n$$")


SLIDE = "# Chapter 3\n\n## It *moved*\n\n{}\n\n???\n\nAsk who.\n"


def read(tmp_path, book, body, frame=SLIDE):
    path = tmp_path / "part-1.md"
    path.write_text(frame.format(body), encoding="utf-8")
    return path, *lecture.read_part(path, book)


def test_a_slide_has_headline_words_notes_and_a_result(tmp_path, book):
    body = "Three {rec}`published/table2 groups d`.\n\n```{result} a/b\n:run: And now?\n```\n\n```{claim} 1 < 2\n```"
    _, slides, begins, page = read(tmp_path, book, body)
    (slide,) = slides[3]
    assert (slide.headline, slide.words, slide.notes) == ("It <em>moved</em>", "<p>Three 848.</p>", "<p>Ask who.</p>\n")
    assert (slide.result.argument, slide.result.options, slide.source) == ("a/b", {"run": "And now?"}, lecture.RECORDED)
    assert begins == {3: 1} and page.faults == []


def test_whose_data_is_said_by_the_slide_and_else_by_its_numbers(tmp_path, book):
    def source(body):
        return read(tmp_path, book, body)[1][3][0].source

    assert source("Words.") == ""
    assert source("{rec}`published/table2 groups d`") == lecture.RECORDED
    assert source("{rec}`published/table2 groups d`\n\n```{source} Simulated\n```") == "Simulated"


def exhibit(*views, rows=2, origin=REAL, drawn="<table></table>"):
    """What a chapter tells of a result, and its views."""
    one = result("a/b", origin=origin)
    if rows > 2:
        one = store.Result("a/b", one.table.loc[[0] * rows].reset_index(drop=True), {}, origin)
    shown = {"result": store.as_json(one), "differs": "", "caption": "Both & all"}
    return shown | {"views": {view: f"{drawn}{view}" for view in views}}


def filled(tmp_path, book, said, body="```{result} a/b\n```"):
    _, slides, _, page = read(tmp_path, book, body)
    return list(deck.filled(slides[3][0], {"a/b": said}, page)), page


def test_the_recorded_view_is_shown_and_this_runs_where_it_is_asked_for(tmp_path, book):
    two = exhibit("recorded", "run", origin=MADE)
    (only,), _ = filled(tmp_path, book, two)
    assert only.exhibit.endswith("recorded") and only.source == lecture.RECORDED
    asking = "Words.\n\n```{result} a/b\n:run: Does *it*?\n```"
    (first, second), _ = filled(tmp_path, book, two, asking)
    assert first.exhibit.endswith("recorded") and second.exhibit.endswith("run")
    assert (second.headline, second.words, second.source) == ("Does <em>it</em>?", "", deck.SIMULATED)
    (real,), _ = filled(tmp_path, book, exhibit("run"), asking)
    assert real.source == lecture.RECORDED, "on the real data both are one"
    (made,), _ = filled(tmp_path, book, exhibit("run", origin=MADE))
    assert made.source == deck.SIMULATED


@pytest.mark.parametrize(
    ("size", "words", "kind"),
    [("600 300", "", "below"), ("350 480", "", "beside"), ("600 300", "Words.\n\n", "beside"), ("", "", "table")],
)
def test_a_figure_stands_where_it_is_largest(tmp_path, book, size, words, kind):
    drawn = f'<figure><svg viewBox="0 0 {size}" aria-label="A line"></svg></figure>' if size else "<table></table>"
    (slide,), _ = filled(tmp_path, book, exhibit("run", drawn=drawn), f"{words}```{{result}} a/b\n```")
    assert slide.kind == kind and ("<p>A line</p>" in slide.notes) is bool(size)
    assert slide.caption == ("Both &amp; all" if size else "")


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("```{result} a/c\n```", 5, "no executed chapter shows a figure or a table 'a/c'. There are: a/b"),
        ("```{result} a/b\n```\n\n```{result} a/b\n```", 8, "a second {result} on one slide"),
        ("Words.\n\n{rec}`published/table2 groups2 d`", 7, "no fact 'groups2'"),
        ("Words.\n\n```{claim} published/table2 groups > 900\n```", 7, "groups = 848"),
        ("Words.\n\n```{claim} 1 < 2\nno/such thing < 2\n```", 7, "no/such"),
        ("Words.\n\n## Without notes\n\nMore.\n\n## Last\n\nWords.", 7, "without a word for the speaker"),
        ("", 3, "nothing below its headline"),
        ("Words.\n\n```{plot} x\n```", 7, "the directive {plot} has no form"),
        ("Words.\n\n???\n\nAsk {rec}`no/such x d`.\n\n## More\n\nWords.", 9, "no/such"),
        ("Words.\n\n???\n\nAsk.\n\n# Part\n\nWords.", 11, "write '# Chapter N' once"),
        ("Words.\n\n???\n\nAsk.\n\n# Chapter 9\n\n## More\n\nWords.", 11, "this part of the book has no chapter 9"),
    ],
)
def test_faults_are_told_with_file_and_line(tmp_path, book, body, line, message):
    path = read(tmp_path, book, body)[0]
    with pytest.raises(Faults) as caught:
        deck.deck(path, [facts_of("03-who-belongs-where")], {"a/b": exhibit("run")}, book)
    assert any(one.startswith(f"part-1.md:{line}: ") and message in one for one in str(caught.value).split("\n")), str(
        caught.value
    )


@pytest.mark.parametrize(("frame", "line"), [("# Chapter 3\n", 1), ("\n\n# Chapter 3\n\nWords.", 3), ("", 1)])
def test_a_chapter_without_slides_is_told(tmp_path, book, frame, line):
    path = read(tmp_path, book, "", frame)[0]
    with pytest.raises(Faults, match=f"^part-1.md:{line}: chapter 3 has no slides"):
        deck.deck(path, [facts_of("03-who-belongs-where")], {}, book)


def test_a_part_without_a_text_is_told(tmp_path, book):
    with pytest.raises(Faults, match="^part-9.md:1: chapter 3 has no slides"):
        deck.deck(tmp_path / "part-9.md", [facts_of("03-who-belongs-where")], {}, book)


def test_a_long_table_is_refused(tmp_path, book):
    _, page = filled(tmp_path, book, exhibit("run", rows=deck.MOST_ROWS))
    assert page.faults == []
    _, page = filled(tmp_path, book, exhibit("run", rows=deck.MOST_ROWS + 1))
    assert page.faults == [(5, "the table 'a/b' has 9 rows, and a slide holds 8: write a short one")]


def test_results_and_named_figures_of_a_chapter_are_found_in_its_metadata():
    one = exhibit("run")
    drawn = {"name": "drawn/x", "caption": "", "views": {"run": "<figure></figure>"}}
    cells = [new_markdown_cell("# A"), *(new_code_cell(outputs=[output({kind: said})]) for kind, said in
             ((RESULT, one), (FIGURE, drawn), (PAGE, {})))]  # fmt: skip
    assert dict(deck.shown(new_notebook(cells=cells))) == {"a/b": one, "drawn/x": drawn}


def test_opening_and_closing_come_from_the_facts_of_the_chapter():
    facts = {
        "title": "A *title*", "number": 3, "card": {"question": "Is it $x$?"}, "key_points": "- One point.",
        "checks": [{"question": "Which way?", "options": [{"text": "Down", "right": False, "feedback": "No."},
                                                           {"text": "Up", "right": True, "feedback": "It rises."}]}],
    }  # fmt: skip
    assert deck.opening(facts).headline == "A <em>title</em>" and "<math" in deck.opening(facts).words
    points, check = deck.closing(facts)
    assert "<li>One point.</li>" in points.words
    assert "<ol><li>Down</li><li>Up</li></ol>" in check.words
    assert text(check.words).endswith("B. It rises.\n") and 'class="fragment"' in check.words
    (alone,) = deck.closing(facts | {"checks": []})
    assert alone.kind == "points"


def test_every_part_is_written_or_none(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(deck, "parts", lambda contents: {"Part I: One": ["03-who-belongs-where"], "Part II: Two": []})
    notebook = new_notebook(cells=[new_code_cell(outputs=[output({RESULT: exhibit("run")})])])
    nbformat.write(notebook, tmp_path / "03-who-belongs-where.ipynb")
    monkeypatch.setattr(deck, "plain_notebook", lambda *_: new_notebook(metadata={KEY: {PAGE: facts_of(
        "03-who-belongs-where")}}))  # fmt: skip
    with pytest.raises(Faults, match=r"book/_slides/part-1.md:1: chapter 3 has no slides[^$]*book/_slides/part-2.md:"):
        deck.main(tmp_path, tmp_path, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_chapters_are_those_of_the_parts_and_numbered_in_their_order():
    """None is without slides, and the site, which counts chapters, shows the number that the file has."""
    written = {path.stem for path in (ROOT / "notebooks").glob("[0-8]*.md")}
    listed = [name for names in PARTS.values() for name in names]
    assert sorted(listed) == sorted(written)
    assert [int(name.split("-")[0]) for name in listed] == list(range(1, len(listed) + 1))


# -------------------------------------------------------------------------- the pages, once `make slides` wrote them


def page(number):
    path = PAGES / f"part-{number}.html"
    if not path.exists():
        pytest.skip("the slides have not been written (make slides)")
    return path.read_text(encoding="utf-8")


@cache
def soup(number):
    return BeautifulSoup(page(number), "html.parser")


def slides(number, kind):
    return [one for one in soup(number).select(f'section[data-kind="{kind}"]') if not one.find("section")]


def test_every_part_has_a_page_and_no_other_is_left():
    page(1)
    assert {path.name for path in PAGES.iterdir()} == {f"part-{number}.html" for number, _ in NUMBERED}


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_every_chapter_opens_with_its_title_and_closes_with_its_points(number, part):
    caption, names = part
    assert len(slides(number, "part")) == 1 and caption.split(": ")[1] in slides(number, "part")[0].get_text()
    assert [int(one.select_one(".chapter").get_text().split()[-1]) for one in slides(number, "chapter")] == [
        int(name.split("-")[0]) for name in names
    ]
    assert len(slides(number, "points")) == len(slides(number, "check")) == len(names)


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_no_markup_is_left_in_the_words(number, part):
    read = BeautifulSoup(page(number), "html.parser").select_one(".slides")  # anew, because it is cut down
    for unread in read.select("svg, style, code"):
        unread.extract()
    assert not RAW.search(read.get_text()), RAW.search(read.get_text())


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_figures_are_drawings_with_labels_and_tables_are_short(number, part):
    shown = Counter(one["data-kind"] for one in soup(number).select("section[data-kind]"))
    assert shown["below"] + shown["beside"] > len(part[1])
    for one in soup(number).select(".exhibit"):
        assert len(one.select("svg, table")) == 1 and not one.select("img")
        assert all((svg.get("aria-label") or "").strip() for svg in one.select("svg"))
        assert all((aside := one.find_next("aside")) and aside["class"] == ["notes"] for _ in one.select("svg"))
    assert all(len(table.select("tbody tr")) <= deck.MOST_ROWS for table in soup(number).select("table"))


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_nothing_is_loaded_from_elsewhere(number, part):
    for tag in soup(number).select("[src], link[href], object[data]"):
        address = tag.get("src") or tag.get("href") or tag.get("data")
        assert address.startswith("data:"), f"the page would load {address}"
    for style in soup(number).find_all("style"):
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", style.get_text())
