"""What waits for the data clerk of the measurement centre: results and use not loaded yet, files not finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import quote

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.imports.kinds import kind_of
from common.models import ImportBatch
from eba.models import StaffUse, StudentUse
from exams.models import Exam, StudentResult
from portal.selectors.reading import Reading
from portal.selectors.task import Task

LISTED = 6
LOOK_BACK_DAYS = 60
"""A file that was sent before is no task any more."""

State = ImportBatch.State
UNFINISHED = (State.PREVIEW, State.REFUSED, State.APPLIED)


def clerk_tasks(reading: Reading) -> Iterator[Task]:
    """Exams held whose results are awaited, files that wait for a decision or left rows out, terms without EBA use."""
    yield from _awaited_results(reading)
    yield from _unfinished_files(reading)
    yield from _missing_use(reading)


def _awaited_results(reading: Reading) -> Iterator[Task]:
    results = StudentResult.objects.filter(exam=OuterRef("pk"))
    held = Exam.objects.filter(~Exists(results), year=reading.year, date__lte=timezone.localdate())
    for exam in held.order_by("date", "code")[:LISTED]:
        yield Task(
            _("Sonuçları bekleniyor: %(exam)s") % {"exam": exam.name},
            f"{reverse('common:import_new')}?tur=exam_results&sinav={quote(exam.code)}",
            _("Sınav yapıldı, sonuç dosyası henüz aktarılmadı."),
            icon="file-text", tone="warning", since=exam.date,
        )  # fmt: skip


def _unfinished_files(reading: Reading) -> Iterator[Task]:
    """Of each kind, exam and term the last file, where it was refused, left rows out or waits for a decision."""
    since = timezone.now() - dt.timedelta(days=LOOK_BACK_DAYS)
    place = {"scope__province": reading.year.province.plate_code, "scope__year": reading.year.name}
    sent = ImportBatch.objects.filter(created_at__gte=since, state__in=UNFINISHED, **place)
    fields = ("kind", "scope", "state", "counts", "file_name", "created_at")
    last: dict[tuple[str, str], ImportBatch] = {}
    for batch in sent.only(*fields).order_by("-created_at", "pk")[:200]:
        last.setdefault((batch.kind, f"{batch.scope.get('exam')} {batch.scope.get('term')}"), batch)
    waiting = [task for batch in last.values() if (task := _file_task(batch))]
    yield from waiting[:LISTED]


def _file_task(batch: ImportBatch) -> Task | None:
    words = {"kind": kind_of(batch.kind).label, "file": batch.file_name}
    refused = batch.counts.get("refused") or 0
    day = timezone.localdate(batch.created_at)
    address = batch.get_absolute_url()
    if batch.state == State.PREVIEW:
        return Task(
            _("Kararınızı bekleyen dosya: %(kind)s") % words, address,
            _("%(file)s kontrol edildi; onaylanmadan hiçbir şey yazılmaz.") % words,
            icon="file-import", tone="warning", since=day,
        )  # fmt: skip
    if batch.state == State.REFUSED or refused:
        return Task(
            _("Reddedilen satırlar: %(kind)s") % words, address,
            _("%(file)s: gerekçeleri indirip düzelterek yeniden gönderiniz.") % words,
            refused or None, icon="alert-triangle", tone="warning", since=day,
        )  # fmt: skip
    return None


def _missing_use(reading: Reading) -> Iterator[Task]:
    """EBA use of a term that is over and of which nothing was loaded, for staff and for students."""
    year, today = reading.year, timezone.localdate()
    ended = {1: year.second_term_date, 2: year.end_date}
    over = [term for term, end in ended.items() if end <= today]
    if not over:
        return
    labels = {"eba_staff": _("personel"), "eba_students": _("öğrenci")}
    loaded = {
        "eba_staff": set(StaffUse.objects.filter(year=year).order_by().values_list("term", flat=True).distinct()),
        "eba_students": set(StudentUse.objects.filter(year=year).order_by().values_list("term", flat=True).distinct()),
    }
    for kind, label in labels.items():
        for term in over:
            if term not in loaded[kind]:
                yield Task(
                    _("EBA kullanımı yüklenmedi: %(term)s. dönem, %(whose)s") % {"term": term, "whose": label},
                    f"{reverse('common:import_new')}?tur={kind}",
                    _("Dönem bitti; EBA'nın verdiği kullanım dosyasını aktarınız."),
                    icon="device-laptop", tone="warning", since=ended[term],
                )  # fmt: skip
