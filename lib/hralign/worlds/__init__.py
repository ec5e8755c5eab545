"""Simulated worlds: sources whose mechanism of alignment is known, because it was put there."""
