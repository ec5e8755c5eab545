"""The one exception that readers of the book are meant to see."""


class HralignError(Exception):
    """Something is wrong that the user can put right.

    The message says what is wrong, where, and what to do about it.  The command line prints it
    without a traceback and exits with status 2.
    """
