"""Reads of exams; who sees which results lives here."""

from exams.selectors.sittings import exam_of, exams_visible_to, last_year_exam, previous_sitting

__all__ = ["exam_of", "exams_visible_to", "last_year_exam", "previous_sitting"]
