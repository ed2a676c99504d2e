"""Files of institutions, staff and students, and of who teaches and coaches whom."""

from common.imports.kinds import register
from schools.importers.coaching import CoachingImport
from schools.importers.institutions import InstitutionImport
from schools.importers.staff import StaffImport
from schools.importers.students import StudentImport
from schools.importers.teaching import TeachingImport

register(InstitutionImport())
register(StaffImport())
register(StudentImport())
register(TeachingImport())
register(CoachingImport())
