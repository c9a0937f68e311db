"""What learners call to see how far they are: `progress.show()`, in start.ipynb and in any notebook."""

from course_utils.start_page import show

__all__ = ["show"]
