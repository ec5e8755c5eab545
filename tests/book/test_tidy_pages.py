"""Small repairs to pages, after everything else has written them."""

import pytest
from tidy_pages import true_minus


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<td>-0.31</td>", "<td>−0.31</td>"),
        ("<pre>slope -.02, 1965-2014</pre>", "<pre>slope −.02, 1965-2014</pre>"),
        ('<div class="output stream highlight-myst-ansi"><pre>a1: -2.0</pre></div>',
         '<div class="output stream highlight-myst-ansi"><pre>a1: −2.0</pre></div>'),
        ('<svg aria-label="from -1"><text>-1</text></svg>', '<svg aria-label="from -1"><text>−1</text></svg>'),
    ],
)  # fmt: skip
def test_numbers_get_a_true_minus(written, shown):
    assert true_minus(written) == shown


@pytest.mark.parametrize(
    "machine",
    [
        '<div class="highlight-ipython3 notranslate"><pre>x = <span>-</span><span>1</span>, f(-2)</pre></div>',
        "<code>-9</code>", "<script>x = -1</script>", "<style>p { margin: -1px }</style>",
        '<span class="math notranslate">\\(t -1\\)</span>', '<div class="math notranslate">\\[-1\\]</div>',
        '<a href="x" title="-1">row</a>',
    ],
)  # fmt: skip
def test_what_a_machine_reads_keeps_its_hyphens(machine):
    assert true_minus(machine) == machine


def test_words_after_code_are_words_again():
    assert true_minus("<code>-9</code> is -9 <style>p {top: -1px}</style>-2") == (
        "<code>-9</code> is −9 <style>p {top: -1px}</style>−2"
    )
