"""Grades for other programs: a table for a spreadsheet, and the files that the grade books of LMSs take in.

Each is an nbgrader export plugin, so that `nbgrader export --exporter=autograder.term.lms.canvas.CanvasExporter` works too.
"""
