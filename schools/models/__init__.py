from schools.models.commissions import Commission, Invitation, Seat
from schools.models.people import Enrolment, Posting, StaffMember, Student
from schools.models.sections import Section
from schools.models.teaching import Coaching, TeachingAssignment
from schools.models.units import AcademicYear, District, Institution, InstitutionYear, Province
from schools.models.year_settings import YearSetting
from schools.models.year_tables import YearTable

__all__ = [
    "AcademicYear",
    "Coaching",
    "Commission",
    "District",
    "Enrolment",
    "Institution",
    "InstitutionYear",
    "Invitation",
    "Posting",
    "Province",
    "Seat",
    "Section",
    "StaffMember",
    "Student",
    "TeachingAssignment",
    "YearSetting",
    "YearTable",
]
