"""Files of exam results."""

from common.imports.kinds import register
from exams.importers.results import ExamResultImport

register(ExamResultImport())
