from eba.models.criteria import SCALE, CriteriaTable, Criterion, CriterionWeight, Platform
from eba.models.use import StaffUse, StaffUseValue, StudentUse

__all__ = [
    "SCALE",
    "CriteriaTable",
    "Criterion",
    "CriterionWeight",
    "Platform",
    "StaffUse",
    "StaffUseValue",
    "StudentUse",
]
