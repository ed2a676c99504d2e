from exams.models.analyses import ExamAnalysis, ExamReport
from exams.models.exams import (
    FINAL_GRADES,
    Exam,
    ExamFamily,
    ExamKind,
    ExamLevel,
    ExamSubject,
    ExamTopic,
    ExamVersion,
    FamilySubject,
)
from exams.models.results import UNITS, StudentResult, SubjectResult, TopicResult

__all__ = [
    "FINAL_GRADES",
    "UNITS",
    "Exam",
    "ExamAnalysis",
    "ExamFamily",
    "ExamKind",
    "ExamLevel",
    "ExamReport",
    "ExamSubject",
    "ExamTopic",
    "ExamVersion",
    "FamilySubject",
    "StudentResult",
    "SubjectResult",
    "TopicResult",
]
