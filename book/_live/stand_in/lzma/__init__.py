"""In the place of lzma, on a site that could not have Pyodide's: two of the real files are packed that way.

Others (joblib, shutil) look for its names when they are imported, and use none of them here.
"""

import io

FORMAT_AUTO, FORMAT_XZ, FORMAT_ALONE, FORMAT_RAW = range(4)


class LZMAError(Exception):
    """What is packed that way cannot be read."""


def decompress(*_, **__):
    raise LZMAError("this site has no lzma for the browser, so the real data are for a computer of your own")


class LZMAFile(io.BufferedIOBase):
    def __init__(self, *_, **__):
        decompress()


class LZMACompressor(LZMAFile):
    pass


class LZMADecompressor(LZMAFile):
    pass


open = LZMAFile
