"""Names and codes of the tidy tables."""

from __future__ import annotations

FULL_MEMBER = 1
"""COW membership status of a full member; 2 is associate, 3 observer."""

RIGHTS = ("disappearances", "killings", "torture", "political_imprisonment")
"""The four physical integrity rights of CIRI, each 0-2, higher meaning more respect."""

SCORES = ("fariss", "fariss_v3", *RIGHTS, "physint")
"""Names of the measures of respect for human rights; ``physint`` is the sum of the four rights."""

TABLES = ("states", "igos", "memberships", "igo_years", "scores", "state_years")
"""Names of the tables of a source."""
