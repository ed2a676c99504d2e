"""Files of what staff and students did on a platform in a term."""

from common.imports.kinds import register
from eba.importers.staff import StaffUseImport
from eba.importers.students import StudentUseImport

register(StaffUseImport())
register(StudentUseImport())
