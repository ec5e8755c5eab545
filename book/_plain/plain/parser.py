"""The book's own MyST parser.

Inside a paragraph it does not tell positions; its rules for roles and links are asked to note them.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline, link
from mdit_py_plugins.myst_role.index import myst_role
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

EXTENSIONS = {"amsmath", "colon_fence", "deflist", "dollarmath", "substitution"}  # those of _config.yml that matter


def noting(rule: Callable) -> Callable:
    """An inline rule that keeps, with the token it made, from where to where it reached."""

    def noted(state: StateInline, silent: bool) -> bool:
        start, place = state.pos, len(state.tokens)
        label = None
        if rule is link and not silent and state.src[start] == "[":
            label = state.md.helpers.parseLinkLabel(state, start, True)
        place += bool(state.pending)  # the text before it is pushed first
        matched = rule(state, silent)
        if matched and not silent:
            state.tokens[place].meta |= {"span": (start, label, state.pos)}
        return matched

    return noted


def make_parser() -> MarkdownIt:
    parser = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)
    parser.inline.ruler.at("myst_role", noting(myst_role))
    parser.inline.ruler.at("link", noting(link))
    return parser


PARSER = make_parser()
