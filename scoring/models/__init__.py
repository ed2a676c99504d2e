from scoring.models.points import PointsLine, PointsTable, ProgrammeCoefficient
from scoring.models.rankings import Objection, RankingRow, RankingRun

__all__ = ["Objection", "PointsLine", "PointsTable", "ProgrammeCoefficient", "RankingRow", "RankingRun"]
