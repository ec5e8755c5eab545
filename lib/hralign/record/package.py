"""The replication package as a folder: README, claims, library and record, described as an RO-Crate 1.1.

The crate follows https://www.researchobject.org/ro-crate/1.1/.  The real data are in it by address and checksum only.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import HralignError
from ..sources.registry import registry
from . import readme, store
from .reproduction import article, claims

CSV, README, CRATE = "claims.csv", "README.md", "ro-crate-metadata.json"
LIBRARY = "hralign"
PROFILE = "https://w3id.org/ro/crate/1.1"
ARTICLE = "https://doi.org/10.1007/s11558-021-09413-5"
LICENCE = "https://spdx.org/licenses/MIT"
MAKERS = "#contributors"

_KINDS = {".md": "text/markdown", ".csv": "text/csv", ".json": "application/json", ".toml": "application/toml"}


def write_package(folder: Path, *, day: str | None = None) -> None:
    """Write the package into a new or empty folder, in one step that leaves the whole of it or nothing.

    Parameters
    ----------
    folder : Path
    day : str, optional
        Date of publication, as 2026-11-25; today by default.

    Raises
    ------
    HralignError
        If the folder holds something or cannot be written, or a claim cannot be held against the record.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise HralignError(f"{folder} is not empty. Name a new folder.")
    table = claims()
    text = readme.readme(table)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            made = Path(beside, "package")
            _copy_library(made / LIBRARY)
            made.joinpath(README).write_text(text, "utf-8")
            table.to_csv(made / CSV, index=False, lineterminator="\n")
            content = crate(made, day or date.today().isoformat())
            made.joinpath(CRATE).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
            made.replace(folder)
    except OSError as error:
        raise HralignError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from None


def read_claims(path: Path) -> pd.DataFrame:
    """The table of claims from ``claims.csv``, as :func:`~hralign.record.reproduction.claims` gives it."""
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    for column in ("difference", "unit"):
        table[column] = pd.to_numeric(table[column])
    return table


def _copy_library(target: Path) -> None:
    source = Path(str(files("hralign")))
    # megabytes that no claim of the article rests on, and what solutions of exercises show
    aside = (store.RESULTS / "study", store.RESULTS / store.ANSWERS)

    def left_out(folder: str, names: list[str]) -> set[str]:
        unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "*.partial")(folder, names)
        return unwanted | {name for name in names if Path(folder, name) in aside}

    shutil.copytree(source, target, ignore=left_out)


def crate(folder: Path, day: str) -> dict[str, Any]:
    """The content of ``ro-crate-metadata.json`` for a package that lies in ``folder``."""
    data = list(_data(day))
    outputs = [f"{LIBRARY}/record/results/{name}.json" for name in _outputs()]
    known = [
        (README, "README after the template of the Social Science Data Editors"),
        (CSV, "Every claim of the article, the reconstruction, the verdict"),
        (f"{LIBRARY}/sources/registry.toml", "Where the real data are, on what terms, with which checksum"),
        (f"{LIBRARY}/study/published.json", "What the article printed"),
        (f"{LIBRARY}/record/article.toml", "What the article claims, and the rules it is held against"),
        *((path, f"Recorded result {Path(path).stem}") for path in outputs),
    ]
    parts = [_file(folder, path, words) for path, words in known]
    library = {
        "@id": f"{LIBRARY}/", "@type": ["Dataset", "SoftwareSourceCode"], "name": "hralign",
        "version": version("hralign"),
        "description": "Library of the book The Company States Keep: reads data, fits models, keeps the record.",
        "programmingLanguage": "Python", "license": {"@id": LICENCE}, "author": {"@id": MAKERS},
    }  # fmt: skip
    run = {
        "@id": "#replicate", "@type": "CreateAction", "name": "hralign replicate --source real --record",
        "description": "Fits every model on the real data and keeps the results in the record.",
        "instrument": {"@id": library["@id"]}, "object": [{"@id": one["@id"]} for one in data],
        "result": [{"@id": path} for path in outputs], "agent": {"@id": MAKERS},
    }  # fmt: skip
    root = {
        "@id": "./", "@type": "Dataset", "name": "Replication package: human-rights alignment in IGOs",
        "description": "Rebuilds the tables and figures of Weyrauch and Steinert (2021) from public data, and says of "
        "every claim of the article how near the reconstruction comes.",
        "datePublished": day, "license": {"@id": LICENCE}, "author": {"@id": MAKERS}, "publisher": {"@id": MAKERS},
        "about": {"@id": ARTICLE}, "citation": {"@id": ARTICLE}, "mentions": {"@id": run["@id"]},
        "hasPart": [{"@id": one["@id"]} for one in (library, *parts, *data)],
    }  # fmt: skip
    head = {
        "@id": CRATE, "@type": "CreativeWork", "conformsTo": {"@id": PROFILE}, "about": {"@id": "./"},
        "name": "Description of the package",
    }  # fmt: skip
    return {"@context": f"{PROFILE}/context", "@graph": [head, root, library, *parts, *data, run, *_around()]}


def _outputs() -> list[str]:
    return sorted({name for item in article()["item"] for name in item.get("output", ())} | {"requirements"})


def _file(folder: Path, path: str, words: str) -> dict[str, Any]:
    return {
        "@id": path, "@type": "File", "name": Path(path).name, "description": words,
        "encodingFormat": _KINDS[Path(path).suffix], "contentSize": str(folder.joinpath(path).stat().st_size),
    }  # fmt: skip


def _data(day: str) -> Iterator[dict[str, Any]]:
    """The real data, which stay where they are."""
    for entry in registry():
        yield {
            "@id": entry.url, "@type": "File", "name": entry.name, "description": entry.holds,
            "encodingFormat": "text/csv" if entry.name.endswith(".csv") else "application/octet-stream",
            "citation": entry.origin, "conditionsOfAccess": entry.licence, "identifier": f"sha256:{entry.sha256}",
            "sdDatePublished": day,
        }  # fmt: skip


def _around() -> list[dict[str, Any]]:
    """What the parts refer to: makers, licence, the article."""
    return [
        {"@id": MAKERS, "@type": "Organization", "name": "The Company States Keep contributors"},
        {"@id": LICENCE, "@type": "CreativeWork", "name": "MIT License", "identifier": LICENCE,
         "description": "Free to use, change and pass on with the notice of its makers."},
        {"@id": ARTICLE, "@type": "ScholarlyArticle", "datePublished": "2021-06-01",
         "name": "Instrumental or intrinsic? Human rights alignment in intergovernmental organizations",
         "author": [{"@id": "#weyrauch"}, {"@id": "#steinert"}]},
        {"@id": "#weyrauch", "@type": "Person", "name": "David Benjamin Weyrauch",
         "affiliation": {"@id": "#mannheim"}},
        {"@id": "#steinert", "@type": "Person", "name": "Christoph Valentin Steinert",
         "affiliation": {"@id": "#mannheim"}},
        {"@id": "#mannheim", "@type": "Organization", "name": "University of Mannheim",
         "url": "https://www.uni-mannheim.de"},
    ]  # fmt: skip
