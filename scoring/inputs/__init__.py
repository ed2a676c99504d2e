"""What the measures read: one adapter each, registered in ``MEASURES``. Data apps never know that they are scored."""

from scoring.inputs.eba import school_eba_points, student_eba_usage, teacher_eba_points, teacher_eba_progress
from scoring.inputs.exam_schools import school_exam_progress, school_monitoring_progress
from scoring.inputs.exam_students import student_exam_rank, student_exam_score, student_monitoring_exam
from scoring.inputs.exam_teachers import teacher_exam_progress, teacher_exam_success
from scoring.inputs.measures import MEASURES, Holder, Measure, Query, Reading, measure, measure_of
from scoring.inputs.partitions import Partition, Place
from scoring.inputs.projects import teacher_project_points
from scoring.inputs.snapshot import one_view

__all__ = [
    "MEASURES",
    "Holder",
    "Measure",
    "Partition",
    "Place",
    "Query",
    "Reading",
    "measure",
    "measure_of",
    "one_view",
    "school_eba_points",
    "school_exam_progress",
    "school_monitoring_progress",
    "student_eba_usage",
    "student_exam_rank",
    "student_exam_score",
    "student_monitoring_exam",
    "teacher_eba_points",
    "teacher_eba_progress",
    "teacher_exam_progress",
    "teacher_exam_success",
    "teacher_project_points",
]
