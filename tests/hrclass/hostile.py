"""Cells of people who mean no good, each replacing one cell of an otherwise right notebook.

``{canary}`` is a file, ``{folder}`` a folder with files, outside what a notebook may touch.
"""

ATTACKS = {
    "endless": "while True:\n    pass",
    "stubborn": "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
    "deletes": "import os\nos.remove('{canary}')",
    "rmtree": "import shutil\nshutil.rmtree('{folder}')",
    "shell": "!rm -rf {folder} {canary}",
    "process": "import subprocess\nsubprocess.run(['rm', '-rf', '{folder}'])",
    "overwrites": "open('{canary}', 'w').write('gone')",
    "climbs": "open('../../../../../../../../../../../..{canary}', 'w').write('gone')",
    "c_library": ("import ctypes\nlibc = ctypes.CDLL(None)\nlibc.unlink(b'{canary}')\nlibc.unlink(b'{folder}/a.txt')"),
    "links": "import os\nos.symlink('{folder}', 'inside')\nopen('inside/a.txt', 'w').write('gone')",
    "spies": "print(open('{canary}').read())\nraise RuntimeError('read it')",
    "network": "import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)",
    "kills": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "forks": "import os\nwhile True:\n    os.fork()",
    "hog": "hog = [bytearray(2**28) for _ in range(64)]",
    "exits": "import os\nos._exit(0)",
    "quits": "import sys\nsys.exit(3)",
    "floods": "open('big', 'wb').write(b'0' * (200 * 2**20))",
    "forges": "import os, json\nfor fd in range(3, 64):\n    try:\n        os.write(fd, b'{{\"answers\": 1}}\\n')\n    "
    "except OSError:\n        pass",
}
