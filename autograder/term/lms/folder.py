"""No LMS: a folder for each learner, nbgrader's own submitted/ included, as people lay it out; or files STUDENT_UNIT.ipynb."""

from __future__ import annotations

from autograder.term.lms import BY_HAND, Lms, Told, other_lms


class Folder(Lms):
    """Names are ids, and a timestamp.txt is believed: a person of the course has put it there."""

    name = "Folder"
    expected = "STUDENT/NOTEBOOK is expected"

    def read_path(self, parts: tuple[str, ...], unit: str) -> Told | None:
        """As Lms, of the whole path."""
        if other_lms("/".join(parts), BY_HAND):
            return None
        if len(parts) > 1:
            return Told(parts[0], file="/".join(parts[1:]))
        at = parts[0].find(f"_{unit}", 1)
        return Told(parts[0][:at], file=parts[0][at + 1 :]) if at > 0 else None


LMS = Folder()
