"""Assigning and grading a class, two notebooks side by side: seconds for each, and for two hundred.

Every notebook is a solved one, the quickest assignment and the slowest (whose worlds are also searched for).
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "hrclass"))

import solver
from course import Course

CHAPTERS, STUDENTS = (8, 22), [f"s{k:02d}" for k in range(12)]


def main() -> None:
    print(f"{'chapter':>8} {'assign, s each':>15} {'grade, s each':>14} {'200 graded, min':>16}")
    for chapter in CHAPTERS:
        with tempfile.TemporaryDirectory() as folder:
            course = Course(Path(folder), STUDENTS)
            began = time.perf_counter()
            assert course.assign(chapter) == 0
            assigned = time.perf_counter() - began
            for student in STUDENTS:
                notebook = course.notebook(chapter, student)
                solver.hand_in(notebook, solver.answers(chapter, notebook), course.submissions / f"{student}.ipynb")
            began = time.perf_counter()
            assert course.grade()[0] == 0
            graded = time.perf_counter() - began
        n = len(STUDENTS)
        print(f"{chapter:>8} {assigned / n:>15.2f} {graded / n:>14.2f} {graded / n * 200 / 60:>16.1f}")


if __name__ == "__main__":
    main()
