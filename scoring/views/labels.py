"""Runs in words: what was asked, in which unit, whose rows they are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.exports import has_subjects, holder_of, places_of, unit_of, value_head
from scoring.inputs import MEASURES
from scoring.models import RankingRun
from scoring.selectors.choices import partition_words

HOLDER_HEADS = {
    "staff": gettext_lazy("Ad soyad"),
    "student": gettext_lazy("Öğrenci"),
    "institution": gettext_lazy("Kurum"),
}


def describe(found: RankingRun) -> RankingRun:
    """The run with its measure, exam or term, groups and unit in words, for templates."""
    measure = MEASURES.get(found.measure)
    label = str(measure.label) if measure else found.measure
    words: dict[str, Any] = {
        "measure_label": label,
        "heading": ", ".join(part for part in (label, about(found)) if part),
        "area": measure.area if measure else "",
        "partition_label": partition_words(found.partition),
        "about": about(found),
        "unit": unit_of(found),
        "value_head": value_head(found),
        "places": places_of(found),
        "holder": holder_of(found),
        "holder_head": HOLDER_HEADS[holder_of(found)],
        "has_subjects": has_subjects(found),
    }
    for name, value in words.items():
        setattr(found, name, value)
    return found


def about(found: RankingRun) -> str:
    """The exam's code or the term, as the run keeps it; empty for measures of a whole year."""
    if found.parameters.get("exam"):
        return str(found.parameters["exam"])
    return _("%(term)s. dönem") % found.parameters if found.parameters.get("term") else ""
