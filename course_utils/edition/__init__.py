"""The learner's edition of the course: what it consists of, how it gets a newer version, how a notebook is put back.

`python -m course_utils.edition update` and `... reset UNIT` are what `course.py update` and `course.py reset` run. Only the standard
library is needed, and for an http address what downloads data sets.
"""
