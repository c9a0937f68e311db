"""Grading on several machines, through Dask."""
