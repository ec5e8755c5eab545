"""Numbers in the text of a notebook that nothing is executed for: they are read from the library's record."""

from __future__ import annotations

UNKNOWN = "(not on record)"


def recorded(text: str) -> str:
    """What ``{rec}`` shows.

    Raises
    ------
    LookupError
        If the record has no such number; its only argument says why.
    """
    from hralign import HralignError

    try:
        from hralign.record.claims import quote
    except ImportError:  # a library that keeps no record yet
        return UNKNOWN
    try:
        return quote(text)
    except HralignError as error:
        raise LookupError(str(error)) from error
