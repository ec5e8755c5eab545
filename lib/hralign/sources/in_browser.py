"""What is different for the real data in a browser: it has no sockets, but it can ask for a file of another site."""

from __future__ import annotations

import sys

from ..errors import HralignError

IN_BROWSER = sys.platform == "emscripten"
"""Whether this Python runs in a browser."""


def get(url: str) -> bytes:
    """The bytes at an address, by the browser; it waits for them, which only a worker may do.

    Raises
    ------
    HralignError
        If the browser could not reach the address, was not allowed to read it, or got an answer that is no file.
    """
    from js import XMLHttpRequest  # the browser's, which Pyodide hands over

    request = XMLHttpRequest.new()
    request.open("GET", url, False)
    request.responseType = "arraybuffer"
    try:
        request.send()
    except Exception as error:  # the browser tells scripts no more than that it failed
        raise HralignError("the browser could not reach it, or may not read it") from error
    if request.status != 200:
        raise HralignError(f"the server answered {request.status}")
    return request.response.to_bytes()
