"""The only writers of exams and what hangs on them."""

from exams.services.definition import define_exam

__all__ = ["define_exam"]
