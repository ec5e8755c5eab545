"""The exceptions that readers of the book are meant to see."""


class HralignError(Exception):
    """Something is wrong that the user can put right.

    The message says what is wrong, where, and what to do about it.  The command line prints it
    without a traceback and exits with status 2.
    """


class NotEnoughData(HralignError):
    """The question is well put, and this sample cannot answer it.

    Raised where rows, groups or clusters are too few, or a column does not vary.  Code that asks many samples the same
    question (resamples, universes, worlds) may catch it and write the answer down as missing.  It must catch nothing
    wider: a misspelt column is no finding.
    """
