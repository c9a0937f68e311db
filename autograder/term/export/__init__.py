"""Grades for other programs: a table for a spreadsheet, and the files that Canvas's and Moodle's grade books take in.

Each is an nbgrader export plugin, so that `nbgrader export --exporter=autograder.term.export.CanvasExporter` works too.
"""

from autograder.term.export.plugins import CanvasExporter, CsvExporter, MoodleExporter

__all__ = ["CanvasExporter", "CsvExporter", "MoodleExporter"]
