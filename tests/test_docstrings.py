"""Examples in docstrings give what they say; ``pytest --doctest-modules lib/hralign`` shows them one by one."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import hralign as hr
import packages

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = {
    path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): (packages.LIB / path).read_text("utf-8")
    for path in packages.modules("hralign")
}


@pytest.mark.parametrize("name", [name for name, text in MODULES.items() if ">>> " in text])
def test_examples_give_what_they_say(name, capsys):
    failed, tried = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failed == 0, capsys.readouterr().out
    assert tried > 0


@pytest.mark.parametrize("name", ["load_sources", "build_panel", "fit_alignment", "cluster_bootstrap", "quote", "check",
                                  "recorded", "simulate"])  # fmt: skip
def test_what_a_reader_calls_first_has_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(hr, name))


def test_every_public_function_says_what_it_does():
    public = {name: getattr(hr, name) for name in hr.__all__}
    assert [name for name, one in public.items() if callable(one) and not inspect.getdoc(one)] == []
