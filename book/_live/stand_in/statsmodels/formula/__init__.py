"""Nothing: see ``statsmodels`` beside it."""

from statsmodels import absent

__getattr__ = absent("statsmodels.formula")
