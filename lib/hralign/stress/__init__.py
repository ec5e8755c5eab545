"""Stress tests: what the study's numbers would be under other choices, other clocks, other worlds."""
