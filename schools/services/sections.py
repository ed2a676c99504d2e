"""Sections and their class guide teachers."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from schools.models import Posting, Section, StaffMember

_UNCHECKED = object()


@transaction.atomic
def set_class_guide(
    *, section: Section, staff: StaffMember | None, expected: int | object | None = _UNCHECKED, by: User | None
) -> Section:
    """Name the class guide teacher of a section, or nobody.

    ``expected`` is the pk of the guide that the form showed. Raises ``Conflict`` when somebody else named another one
    meanwhile and ``UserError`` for a person who doesn't work at the school that year.
    """
    locked = Section.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if expected is not _UNCHECKED and expected != locked.class_guide_id:
        raise Conflict(
            _(
                "Siz düzenlerken bu şubenin öğretmeni değişti (şimdi: %(name)s); seçiminiz kalsın istiyorsanız "
                "yeniden kaydediniz."
            )
            % {"name": locked.class_guide or _("kimse")}
        )
    if (
        staff is not None
        and not Posting.objects.filter(staff=staff, year=locked.year_id, institution=locked.institution_id).exists()
    ):
        raise UserError(_("Bu kişi bu yıl bu okulda görevli değil; okulun personelinden birini seçiniz."))
    before = locked.class_guide_id
    if before == (staff.pk if staff else None):
        return locked
    locked.class_guide = staff
    locked.save(update_fields=["class_guide"])
    record(
        action="section.set_class_guide",
        target=locked,
        by=by,
        before={"class_guide": before},
        after={"class_guide": locked.class_guide_id},
    )
    return locked
