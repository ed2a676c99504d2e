"""People and schools of stored rankings that have another place in the year by now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.caching import remembered
from common.models import ImportBatch
from schools.models import InstitutionYear, Posting
from scoring.inputs import MEASURES
from scoring.models import RankingRow, RankingRun
from scoring.selectors.files import PLACING, read_at, touched_at

KEPT = 3600


def moved_since(runs: Iterable[RankingRun], batches: Sequence[ImportBatch]) -> dict[int, int]:
    """By run how many of its rows stand at another place by now, or would be there because somebody has a place by now.

    Up to three queries where such a file came after one of the runs, none where not; an answer is kept until the next
    file.
    """
    last = max((at for batch in batches if batch.kind in PLACING for at in touched_at(batch)), default=None)
    asked = [run for run in runs if last is not None and read_at(run) < last]
    if last is None or not asked:
        return {}
    keys = tuple(sorted(run.pk for run in asked))
    return remembered(f"moved:{last.isoformat()}:{hash(keys)}", lambda: _count(asked), seconds=KEPT)


def moved_words(run: RankingRun, moved: Mapping[int, int]) -> list[str]:
    """The sentence about the run's rows at another place; none where there are none."""
    count = moved.get(run.pk, 0)
    if not count:
        return []
    words = {
        "staff": _(
            "Sıralamadaki %(count)s satırda kişinin görev yeri ya da kurumunun kategorisi bu hesaptan sonra değişti."
        ),
        "student": _("Sıralamadaki %(count)s satırda öğrencinin okulunun kategorisi bu hesaptan sonra değişti."),
        "institution": _("Sıralamadaki %(count)s kurumun kategorisi ya da ilçesi bu hesaptan sonra değişti."),
    }
    return [words[MEASURES[run.measure].holder] % {"count": count}]


def _count(runs: Sequence[RankingRun]) -> dict[int, int]:
    of_year = {"year": OuterRef("run__year"), "institution": OuterRef("institution")}
    same_place = Exists(
        InstitutionYear.objects.filter(
            **of_year, category=OuterRef("category"), institution__district=OuterRef("district")
        )
    )
    same_posting = Q(staff=None) | Exists(Posting.objects.filter(**of_year, staff=OuterRef("staff")))
    rows = RankingRow.objects.filter(~(same_place & same_posting), run__in=runs).order_by()
    found = Counter(dict(rows.values_list("run").annotate(Count("pk"))))
    placed = {
        "staff": _placed(Posting.objects.filter(year__in={run.year_id for run in runs}), "staff", runs),
        "institution": _placed(
            InstitutionYear.objects.filter(year__in={run.year_id for run in runs}), "institution", runs
        ),
    }
    for run in runs:
        for kind, keys in placed.items():
            found[run.pk] += sum(note[kind] in keys for note in _without_place(run, kind))
    return dict(found)


def _placed(rows: QuerySet[Any], kind: str, runs: Sequence[RankingRun]) -> set[int]:
    """Of those whom the runs could not place the ones who have a place by now."""
    wanted = {note[kind] for run in runs for note in _without_place(run, kind)}
    return set(rows.filter(**{f"{kind}__in": wanted}).values_list(kind, flat=True)) if wanted else set()


def _without_place(run: RankingRun, kind: str) -> list[dict[str, Any]]:
    return [note for note in run.inputs.get("notes", []) if note.get("reason") == "no_place" and kind in note]
