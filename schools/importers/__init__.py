"""Files of institutions, staff and students."""

from common.imports.kinds import register
from schools.importers.institutions import InstitutionImport
from schools.importers.staff import StaffImport
from schools.importers.students import StudentImport

register(InstitutionImport())
register(StaffImport())
register(StudentImport())
