"""What a person may see of imports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from common.imports.kinds import Scope, kinds
from common.models import ImportBatch


def batches_visible_to(user: Any) -> QuerySet[ImportBatch]:
    """Batches of the kinds and provinces that the person may import, newest first."""
    allowed = Q(pk__in=[])
    known = {kind.code: kind for kind in kinds()}
    places = ImportBatch.objects.order_by("kind", "scope__province").values_list("kind", "scope__province").distinct()
    for code, province in places:
        kind = known.get(code)
        if kind is not None and kind.may_import(user, Scope(province, "")):
            allowed |= Q(kind=code, scope__province=province)
    batches = ImportBatch.objects.filter(allowed).select_related("by", "job").defer("undo", "errors", "preview")
    return batches.order_by("-created_at", "id")
