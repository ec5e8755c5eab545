"""Writing files whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from ..errors import HralignError


def check_writable(path: Path) -> None:
    """Find out whether a file can be written, before anything long begins; leaves nothing behind.

    Raises
    ------
    HralignError
        If its folder is missing or does not let a file be made in it, or the path is that of a folder.
    """
    if os.path.isdir(path):  # unlike the method, whatever the path is
        raise HralignError(f"{path} is a folder. Name a file in it.")
    probe = _beside(path)
    try:
        probe.touch()
    except OSError as error:
        raise HralignError(f"{path} cannot be written ({error.strerror}). Choose another file.") from None
    finally:
        _remove(probe)


def write_json(content: dict[str, Any], path: Path, indent: int | None = 1) -> None:
    """Write plain values as JSON, in one step that leaves the old file or the new one.

    Raises
    ------
    HralignError
        If the file cannot be written.
    """
    temporary = _beside(path)
    try:
        temporary.write_text(json.dumps(content, indent=indent, ensure_ascii=False) + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise HralignError(f"{path} cannot be written ({error.strerror}). Choose another file.") from None
    finally:
        _remove(temporary)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # its folder may not be there, or be none
        path.unlink()
