"""Varying-intercept, varying-slope linear models of one grouping factor, by profiled REML.

The model of Laird & Ware (1982, Biometrics 38(4)): in group g, y = Xβ + Zb + ε with Z = [1, slope], b ~ N(0, σ²S) and
ε ~ N(0, σ²I).  S = ΛΛ', Λ lower triangular with entries θ; β and σ² follow from θ, which alone is searched for (Bates,
Mächler, Bolker & Walker 2015, J. Stat. Softw. 67(1), sections 3 and 4).

From rows to results, a module to each step; none knows of those below it:

============ ========================================================================================
Module       What it holds
============ ========================================================================================
factor       θ and Λ
basis        the units in which is computed, and the way back to those of the frame
data         rows to matrices per group; group weights
identified   whether rows and weights can tell the parameters apart
criterion    the profiled REML deviance
derivatives  its gradient and Hessian
search       the minimum
clusters     which groups hang together
covariance   standard errors that allow for it
small_sample the same, corrected where clusters are few
fit          :class:`MixedFit`: what was found, in the units of the frame
model        :class:`MixedModel`: what is fitted
bootstrap    refits to resampled clusters
crossed      effects of further factors, which may cross the groups
============ ========================================================================================
"""

from .bootstrap import cluster_bootstrap, joint_bootstrap
from .fit import MixedFit
from .model import MixedModel

__all__ = ["MixedFit", "MixedModel", "cluster_bootstrap", "joint_bootstrap"]
