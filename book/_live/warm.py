"""Do what an instrument does, and write the compiled form of every module that this has opened.

Run by ``compile.mjs`` in Pyodide.  The compiled forms carry no date and are trusted as they are: source and
compiled form come in one wheel.
"""

import importlib._bootstrap_external as loading
import importlib.util
import json
import sys
from pathlib import Path

SITE = str(Path(importlib.util.find_spec("hralign").origin).parents[1]) + "/"

sys.path.insert(0, "/asked")
import instruments  # noqa: E402

answered = json.loads(instruments.answer("world", json.dumps({"mechanism": "instrumental"})))
if "result" not in answered:
    raise RuntimeError(answered)

for module in list(sys.modules.values()):
    path = getattr(module, "__file__", None) or ""
    if path.startswith(SITE) and path.endswith(".py"):
        source = Path(path).read_bytes()
        code = compile(source, path, "exec", dont_inherit=True)
        target = Path("/compiled") / importlib.util.cache_from_source(path).removeprefix(SITE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(loading._code_to_hash_pyc(code, importlib.util.source_hash(source), checked=False))
