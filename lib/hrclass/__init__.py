"""Personal assignments: a world of each student's own, questions about it, and their grading.

A package for teachers, apart from the library of the book, of which it uses the public names only.  Who a student is
and which world that makes stands in `identity` and `draws`; what is asked in `questions` and, chapter by chapter, in
`assignments`; `writing` makes the notebooks, `isolation` and `execution` run what comes back, `grading` marks it.
Around that, `lms` reads and fills the files of learning platforms, `rules` and `gradebook` apply the rules of the
course, and `feedback` and `classwide` write the pages for students and teacher.
"""

__version__ = "0.1.0"
