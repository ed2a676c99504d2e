"""What is said of an exam about a school, a district or the province: the same on the page and in the printed report.

A group under ``common.disclosure.SMALLEST_GROUP`` stays hidden from readers without a seat over it.
"""

from exams.report.document import digest_of, document_of
from exams.report.parts import Cell, Reader, UnitReport
from exams.report.places import district_report, province_report, school_report

__all__ = [
    "Cell",
    "Reader",
    "UnitReport",
    "digest_of",
    "district_report",
    "document_of",
    "province_report",
    "school_report",
]
