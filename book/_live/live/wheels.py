"""Wheels as the site serves them: without what no reader needs, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from email.parser import Parser
from fnmatch import fnmatch
from importlib.metadata import distribution

THEN = (2020, 1, 1, 0, 0, 0)


def repacked(members: dict[str, bytes]) -> bytes:
    """A wheel of these files, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, THEN)
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def is_wheel(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(name.endswith(".dist-info/WHEEL") for name in archive.namelist())


def members(content: bytes) -> dict[str, bytes]:
    """The files in a wheel, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}


def trimmed(content: bytes, left_out: list[str]) -> bytes:
    """A wheel without the members that match any of the patterns."""
    return repacked({
        name: file for name, file in members(content).items() if not any(fnmatch(name, one) for one in left_out)
    })  # fmt: skip


def metadata(name: str, version: str, requires: list[str] = ()) -> dict[str, bytes]:
    """The files that make a wheel of a folder of Python."""
    about = f"{name.replace('-', '_')}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    return {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: book\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": b"",
    }


def empty(name: str) -> tuple[str, bytes]:
    """Version and wheel of a package without content."""
    return "0", repacked(metadata(name, "0"))


def of_installed(name: str) -> tuple[str, bytes]:
    """Version and wheel of a package of this Python, without its compiled part, which it must be able to do without."""
    found = distribution(name)
    files = [file for file in found.files or [] if file.suffix == ".py"]
    members = {file.as_posix(): file.locate().read_bytes() for file in files}
    return found.version, repacked(members | metadata(name, found.version))


def version_in(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        about = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(about).decode())["Version"]


def imports_of(content: bytes) -> list[str]:
    """What a wheel lets one import."""
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        tops = {name.split("/")[0].removesuffix(".py") for name in wheel.namelist() if name.endswith(".py")}
    return sorted(top for top in tops if top.isidentifier())
