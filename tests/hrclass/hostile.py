"""Cells of people who mean no good and have read the grader's source.

Each of ``ATTACKS`` replaces one cell of an otherwise right notebook. ``{canary}`` is a file, ``{folder}`` a folder with
files outside of what a notebook may touch, ``{port}`` somebody listening, ``{pid}`` the grader. Each of ``THIEVES``
stands in a notebook without any answer of its own and tries to come by some.
"""

from pathlib import Path

LIBRARY = str(Path(__file__).parents[2] / "lib")
FDS = "for fd in range(256):\n    try:\n        os.write(fd, {line})\n    except OSError:\n        pass\n"


def _line(text):
    return "import os\n" + FDS.replace("{line}", text)


ATTACKS = {
    # time
    "endless": "while True:\n    pass",
    "stubborn": "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
    "deaf": "import signal\nfor one in (signal.SIGALRM, signal.SIGPROF):\n    signal.signal(one, signal.SIG_IGN)\nwhile True:\n    pass",
    "sleeps": "import time\ntime.sleep(1e6)",
    "lingers": "import threading, time\nthreading.Thread(target=lambda: time.sleep(1e6)).start()\n1 / 0",
    # files outside
    "deletes": "import os\nos.remove('{canary}')",
    "rmtree": "import shutil\nshutil.rmtree('{folder}')",
    "shell": "!rm -rf {folder} {canary}\n1 / 0",
    "process": "import subprocess\nsubprocess.run(['/bin/rm', '-rf', '{folder}'])\n1 / 0",
    "overwrites": "open('{canary}', 'w').write('gone')",
    "climbs": "open('../../../../../../../../../../../..{canary}', 'w').write('gone')",
    "c_library": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.unlink(b'{canary}')\nlibc.unlink(b'{folder}/a.txt')\n1 / 0",
    "links": "import os\nos.symlink('{folder}', 'inside')\nopen('inside/a.txt', 'w').write('gone')",
    "spies": "print(open('{canary}').read())",
    "modes": "import os\nos.chmod('{canary}', 0)\nos.chmod(os.__file__, 0o777)",
    "old_root": "open('/proc/1/root{canary}', 'w').write('gone')",
    "descends": "import os\nos.chroot('/proc/1/root')\nopen('{canary}', 'w').write('gone')",
    # the library and the next notebook
    "patches": "import hralign\nopen(hralign.__file__, 'a').write('1 / 0')",
    "plants_code": "import os\nopen(os.path.join(os.path.dirname(os.__file__), 'sitecustomize.py'), 'w').write('1 / 0')",
    "plants_startup": "import os\nos.makedirs('/scratch/.ipython/profile_default/startup', exist_ok=True)\n"
    "open('/scratch/.ipython/profile_default/startup/0.py', 'w').write('import os; os._exit(1)')\n1 / 0",
    "plants_shared": "open('/dev/shm/planted', 'w').write('for you')\nopen('/tmp/planted', 'w').write('for you')",
    "world": "import os\nos.remove('world.zip')\nos.symlink('{canary}', 'world.zip')\nopen('world.zip').read()",
    # space
    "hog": "hog = [bytearray(2**28) for _ in range(64)]",
    "hogs": "import os\nfor _ in range(6):\n    if not os.fork():\n        hog = bytearray(b'x' * (700 * 2**20))\n        "
    "import time; time.sleep(60)\nimport time; time.sleep(60)",
    "floods": "open('big', 'wb').write(b'0' * (800 * 2**20))",
    "fills": "for k in range(100_000):\n    open(f'file-{{k}}', 'wb').write(b'0' * 2**20)",
    "fills_shared": "open('/dev/shm/big', 'wb').write(b'0' * (800 * 2**20))",
    "fills_devices": "open('/dev/big', 'wb').write(b'0' * (800 * 2**20))",
    "mounts": "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nassert libc.unshare(0x10020000) == 0\n"
    "assert libc.mount(b'none', b'/scratch', b'tmpfs', 0, b'size=8g') == 0",
    "prints": "while True:\n    print('x' * 10_000)",
    "long_answer": "{name} = 'x' * (50 * 2**20)",
    # processes
    "kills": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)\n1 / 0",
    "kills_grader": "import os, signal\nos.kill({pid}, signal.SIGKILL)",
    "forks": "import os\nwhile True:\n    os.fork()",
    "stays": "import os, time\nif not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(3600)\n    os._exit(0)\n1 / 0",
    "parent": "import os\nopen(f'/proc/{{os.getppid()}}/mem', 'r+b').write(b'0')",
    "grader": "open('/proc/{pid}/mem', 'r+b').write(b'0')",
    "spies_environment": "import glob\nsaid = b''.join(open(p, 'rb').read() for p in glob.glob('/proc/[0-9]*/environ'))\n"
    "assert b'HRALIGN_COURSE_SECRET' in said",
    "becomes_root": "import os\nos.setuid(0)\nos.setgroups([0])\nopen('{canary}', 'w').write('gone')",
    "raises_limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "kernel": "open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')",
    # the network
    "network": "import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)",
    "outside": "import socket\nsocket.create_connection(('1.1.1.1', 53), timeout=2)",
    "unix_socket": "import socket\nsocket.socket(socket.AF_UNIX).connect('{socket}')",
    "abstract_socket": "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0hrclass-test')",
    # the runner around the notebook
    "exits": "import os\nos._exit(0)",
    "quits": "import sys\nsys.exit(3)",
    "crashes": "import ctypes\nctypes.string_at(0)",
    "clears_globals": "globals().clear()",
    "clears_runner": "import __main__\n__main__.__dict__.clear()",
    "clears_modules": "import sys\nsys.modules.clear()",
    "closes": "import os\nos.closerange(0, 4096)",
    "breaks_json": "import json\njson.dumps = lambda *a, **k: 'not JSON'",
    "breaks_shell": "get_ipython().run_cell = None",
    "forges": _line("b'{{\"answers\": 1}}\\n'") + "1 / 0",
    "forges_bytes": _line("b'\\xff\\xfe\\x00\\n' * 100") + "1 / 0",
    "forges_depth": _line("b'[' * 60_000 + b'\\n'") + "1 / 0",
    "forges_numbers": _line("b'{{\"cell\": 1e999, \"answers\": {{\"z\": NaN}}}}\\n'") + "1 / 0",
    "forges_names": _line("b'{{\"cell\": 0, \"answers\": {{\"__class__\": 1, \"points\": 20}}}}\\n'") + "1 / 0",
    "floods_pipe": "import os\nwhile True:\n    " + FDS.replace("{line}", "b'0' * 65536").replace("\n", "\n    ") + "pass",
    # answers that are none
    "deep_answer": "deep = []\nfor _ in range(100_000):\n    deep = [deep]\n{name} = deep",
    "bytes_answer": "{name} = b'\\xff' * 100",
    "hostile_answer": "class Bad:\n    size = 1\n    def item(self):\n        raise SystemExit\n    __float__ = __str__ = __repr__ = item\n"
    "{name} = Bad()",
    "recursive_answer": "{name} = []\n{name}.append({name})",
    "huge_answer": "{name} = 10 ** 10_000",
    "infinite_answer": "{name} = float('inf')",
    "surrogate_answer": "{name} = '\\ud800'",
}  # fmt: skip

THIEVES = {
    "imports_grader": "from hrclass.assignments import ASSIGNMENTS\nfrom hrclass.draws import draw_for\n"
    "for q in ASSIGNMENTS[8].questions(draw_for(b'', 8, 'anna')):\n    print(q)",
    "finds_grader": f"import sys\nsys.path += ['/env', '/env/lib', {LIBRARY!r}, '/src/lib', '/lib']\nimport hrclass.assignments",
    "looks_for_source": "import os\nfound = [os.path.join(at, p) for at, _, files in os.walk('/') if not at.startswith('/proc')\n"
    "         for p in files if 'hrclass' in p or 'course-secret' in p or 'hrclass' in at]\n"
    "assert [p for p in found if os.path.isfile(p) and os.path.getsize(p)], 'nothing'",
    "reads_submissions": "import os\nfound = [p for at, _, files in os.walk('/') if not at.startswith('/proc') for p in files\n"
    "         if p.endswith(('.ipynb', 'roster.csv', 'class.csv'))]\nassert found, 'nothing'",
    "asks_frames": "import sys\nframe, said = sys._getframe(), []\nwhile frame:\n    said += [k for k in (*frame.f_locals, "
    "*frame.f_globals) if k in ('questions', 'right', 'rights', 'secret', 'marks')]\n    frame = frame.f_back\nassert said, 'nothing'",
    "asks_memory": "import gc\nassert [o for o in gc.get_objects() if type(o).__name__ in ('Number', 'Question', 'Grader')], 'nothing'",
    "guesses_truth": "approach = src.truth\nn_same = src.provenance['seed']",
    "equal_to_all": "class Any(float):\n    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda *a: True\n    "
    "__sub__ = __rsub__ = __abs__ = lambda *a: 0.0\napproach = approach_se = z = same_change = one_change = mean_change = t = Any(1)",
    "forges_points": _line("b'{{\"end\": true, \"points\": 20, \"status\": \"graded\"}}\\n'"),
    "many_guesses": "h1 = ['instrumental', 'intrinsic', 'neither']\nh3 = 'instrumental intrinsic neither'",
    "formula": "h1 = '=HYPERLINK(\"http://example.org\", \"click\")'\ndefence = '=1+1 ' * 30",
}  # fmt: skip
