"""What the measures read: one adapter each, registered in ``MEASURES``. Data apps never know that they are scored."""

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
    "teacher_project_points",
]
