"""Causal diagrams: every arrow is drawn and told, and none may hang in the air."""

import matplotlib.pyplot as plt
import pytest

from hralign import HralignError
from hralign.display.diagrams import causal_diagram, describe

PLACES = {"Company": (0.1, 0.5), "Aims": (0.5, 0.5), "Conduct": (0.9, 0.5), "Other\nclubs": (0.5, 0.1)}


def test_the_picture_and_its_words_hold_the_same_arrows():
    claimed, rivals = [("Company", "Aims"), ("Aims", "Conduct")], [("Other\nclubs", "Conduct")]
    figure, alt = causal_diagram(PLACES, claimed, rivals, hidden=["Aims"])
    ax = figure.axes[0]
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert len(arrows) == 3 and {text.get_text() for text in ax.texts if text.get_text()} == set(PLACES)
    assert alt == ("Causal diagram. Claimed: company leads to aims; aims leads to conduct. Rival paths, dashed: "
                   "other clubs leads to conduct. Not observable: aims.")  # fmt: skip
    plt.close(figure)


def test_arrows_end_at_the_outlines_of_boxes():
    figure, _ = causal_diagram(PLACES, [("Company", "Conduct")])
    texts = {text.get_text(): text for text in figure.axes[0].texts}
    arrow = texts.pop("").arrow_patch
    assert arrow.patchA is texts["Company"].get_bbox_patch() and arrow.patchB is texts["Conduct"].get_bbox_patch()
    plt.close(figure)


def test_rival_boxes_and_hidden_ones_look_different():
    figure, _ = causal_diagram(PLACES, [("Company", "Conduct")], [("Other\nclubs", "Conduct")], hidden=["Company"])
    outline = {text.get_text(): text.get_bbox_patch() for text in figure.axes[0].texts if text.get_text()}
    assert outline["Other\nclubs"].get_edgecolor() != outline["Company"].get_edgecolor()
    assert outline["Company"].get_linestyle() != outline["Conduct"].get_linestyle()
    plt.close(figure)


@pytest.mark.parametrize("wrong", [{"claimed": [("Company", "Nowhere")]}, {"claimed": [], "hidden": ["Nowhere"]}])
def test_an_arrow_to_nowhere_is_refused(wrong):
    with pytest.raises(HralignError, match="no box 'Nowhere'"):
        causal_diagram(PLACES, **wrong)


def test_words_without_rivals_speak_of_none():
    assert describe([("A", "B")]) == "Causal diagram. Claimed: a leads to b."
