"""In the place of statsmodels, on a site that could not have the real one: it can be imported, and says so when used.

In a notebook the cells that need it say so in a sentence, and so do those that go on from them, and the others run.
(JupyterLite stops at any cell that ends in an error, so these do not: their errors are only told.)
"""

from hralign.errors import HralignError


class Lacking(HralignError):
    """Something asked for statsmodels."""


class Absent:
    """Any name of statsmodels; using it is an error that says why."""

    def __init__(self, name):
        self._name = name

    def _refuse(self):
        raise Lacking(
            f"{self._name} is part of statsmodels, which this site does not have for the browser. "
            "This cell stops here, and the others run. On a computer of your own all of them do."
        )

    def __call__(self, *_, **__):
        self._refuse()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Absent(f"{self._name}.{name}")


def absent(module):
    """What ``__getattr__`` of a module is to be."""

    def any_name(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{module}.{name}")

    return any_name


def tell(shell, kind, error, traceback, tb_offset=None):
    """Say what is lacking; a name that a cell did not define because of it is told likewise, any other as always."""
    if issubclass(kind, Lacking):
        shell.lacking = True
        print(error)
    elif getattr(shell, "lacking", False):
        print(f"{error}: a cell above, which needs statsmodels, could not define it here.")
    else:
        shell.CustomTB, custom, shell.custom_exceptions = None, shell.CustomTB, ()
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        shell.CustomTB, shell.custom_exceptions = custom, (Lacking, NameError)


def watch():
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Lacking, NameError), tell)


watch()
