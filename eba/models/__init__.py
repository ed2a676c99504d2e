from eba.models.criteria import PLATFORM, SCALE, CriteriaTable, Criterion, CriterionWeight, Platform
from eba.models.use import StaffUse, StaffUseValue, StudentUse

__all__ = [
    "PLATFORM",
    "SCALE",
    "CriteriaTable",
    "Criterion",
    "CriterionWeight",
    "Platform",
    "StaffUse",
    "StaffUseValue",
    "StudentUse",
]
