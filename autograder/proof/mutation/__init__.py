"""Mutants: solutions with one thing wrong, each of which the graders must reject."""
