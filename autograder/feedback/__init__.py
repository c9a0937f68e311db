"""The page that a learner gets back: what each exercise earned and why, their own answers, and nothing of the grader's.

`nbgrader generate_feedback` writes it, by two settings of nbgrader_config.py: `ForLearners` chooses from the graded
notebook what is shown, and `FeedbackExporter` lays it out as one file that loads nothing and reads well on a telephone.
"""

from autograder.feedback.page import FeedbackExporter, ForLearners

__all__ = ["FeedbackExporter", "ForLearners"]
