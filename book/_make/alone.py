"""One make at a time in a folder: become a command as soon as no other is at work there.

``python alone.py book make book`` first says for what it waits, if it has to.  The lock is the operating system's own
on an open file, handed on to the command and to what that starts: it ends with them, however they end, and a killed
make leaves nothing behind.  A make within this one finds its folder in ``HELD`` and does not ask again.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time

LOCK = ".make-lock"  # not in .stage, which make clean removes


def acquire(what: str) -> int:
    """The locked file, with who holds it and since when written into it."""
    lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.pread(lock, 200, 0).decode() or "just begun"
        print(f"another make is at work in this folder ({other}); waiting for it to end", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{what}, since {time.strftime('%H:%M')}".encode(), 0)
    return lock


if __name__ == "__main__":
    try:
        os.set_inheritable(acquire(sys.argv[1]), True)
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ["HELD"] = os.getcwd()
    os.execvp(sys.argv[2], sys.argv[2:])
