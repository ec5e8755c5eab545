"""A small book, built by Sphinx for a test."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils


def built(tree: Path, out: Path, settings: dict[str, Any], builder: str) -> list[str]:
    """Build ``tree`` into ``out``; the warnings, without colours and with paths below the tree."""
    told, folders = io.StringIO(), (tree, None, out, out.with_name("trees"))
    # Else extensions write into Sphinx's own default, and the next book of this process has their suffixes.
    settings = {"source_suffix": {".rst": "restructuredtext"}} | settings
    with patch_docutils(), docutils_namespace():
        Sphinx(*folders, builder, settings, status=None, warning=told).build()
    return re.sub(r"\x1b\[[\d;]*m", "", told.getvalue()).replace(f"{tree}/", "").splitlines()
