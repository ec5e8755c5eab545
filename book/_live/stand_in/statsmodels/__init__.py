"""In the place of statsmodels, on a site that could not have the real one: it can be imported, and says so when used."""


class Absent:
    """Any name of statsmodels; using it is an error that says why."""

    def __init__(self, name):
        self._name = name

    def _refuse(self):
        from hralign.errors import HralignError

        raise HralignError(
            f"{self._name} is part of statsmodels, which this site does not have for the browser. "
            "Cells that need it stop here, and the others run. On a computer of your own, or in Binder, all of them do."
        )

    def __call__(self, *_, **__):
        self._refuse()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        self._refuse()


def absent(module):
    """What ``__getattr__`` of a module is to be."""

    def any_name(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{module}.{name}")

    return any_name
