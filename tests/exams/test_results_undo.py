"""Taking results back as a whole, when that is refused, the wizard, and imports at the same moment."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from common.errors import Conflict
from common.imports import services
from common.imports.kinds import Scope
from common.imports.services import import_path
from common.jobs import run_now
from common.models import ImportBatch
from exams.models import Exam, ExamTopic, ExamVersion, StudentResult, SubjectResult, TopicResult
from exams.services.definition import define_exam
from schools.models.commissions import CommissionKind, SeatRole
from scoring.models import RankingRun
from tests.common.sending import csv_bytes, write_csv
from tests.exams.sending import HEADER, TC, make_students, send, stored, stored_topics
from tests.factories.exams import make_exam
from tests.factories.schools import InstitutionFactory, YearFactory, seat_user

SUBJECTS = [("Türkçe", 20), ("Matematik", 20), ("Fen Bilimleri", 10)]
NOT_TAKEN = (None, None)


@pytest.fixture
def school(db: Any) -> Any:
    return InstitutionFactory(code="712345", district__province=YearFactory().province)


@pytest.fixture
def exam(school: Any) -> Exam:
    return make_exam(YearFactory(), "LGS", subjects=SUBJECTS)


def last_batch() -> ImportBatch:
    return ImportBatch.objects.order_by("-applied_at")[0]


def take_back(batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state="undoing")
    try:
        services.undo_batch(batch_id=batch.pk, by=None)
    except Conflict:
        ImportBatch.objects.filter(pk=batch.pk).update(state="applied")
        raise


def versions(exam: Exam) -> list[tuple[int, str]]:
    return list(ExamVersion.objects.filter(exam=exam).order_by("number").values_list("number", "source"))


def test_a_first_import_is_gone_as_a_whole(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 3)
    other = make_exam(YearFactory(), "TYT", subjects=SUBJECTS)
    send(tmp_path, HEADER, [TC[0], 9, 9, 9, 9], exam="TYT")
    header = f"{HEADER};Türkçe / Paragraf D;Türkçe / Paragraf Y;Puan"
    send(tmp_path, header, *([TC[n], 18, 2, 15, 0, 3, n, "400"] for n in range(3)))
    take_back(last_batch())
    assert (stored(exam), ExamTopic.objects.count(), TopicResult.objects.count()) == ({}, 0, 0)
    assert len(stored(other)) == 1
    exam.refresh_from_db()
    assert exam.version == 3
    assert versions(exam) == [(1, "definition"), (3, "undo")]


def test_what_was_there_before_is_there_again(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 3)
    topics = "Türkçe / Paragraf D;Türkçe / Paragraf Y"
    send(tmp_path, f"{HEADER};{topics};Puan", *([TC[n], 18, 2, 15, n, 3, 1, "400,5"] for n in range(2)))
    SubjectResult.objects.filter(subject__name="Fen Bilimleri").delete()
    before, of_topics = stored(exam), stored_topics(exam)
    header = f"{HEADER};Fen D;Fen Y;{topics};Türkçe / Anlam D;Türkçe / Anlam Y;Puan;Genel Sıra"
    rows = [
        [TC[0], "G", "G", 15, 0, 1, 1, 5, 2, 1, 1, "400,5", ""],
        [TC[1], 18, 2, 15, 2, "", "", "", "", 1, 1, "401", 7],
        [TC[2], 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "1", 1],
    ]
    answer, _code = send(tmp_path, header, *rows)
    assert (answer["created"], answer["updated"]) == (1, 2)
    after = stored(exam)
    assert after != before
    take_back(last_batch())
    assert (stored(exam), stored_topics(exam)) == (before, of_topics)
    assert list(ExamTopic.objects.values_list("name", "questions")) == [("Paragraf", None)]
    send(tmp_path, header, *rows)
    assert stored(exam) == after


def test_imports_are_taken_back_in_turn(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 2)
    send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1])
    first = last_batch()
    after_first = stored(exam)
    send(tmp_path, HEADER, [TC[1], 2, 2, 2, 2])
    second = last_batch()
    with pytest.raises(Conflict, match="sonradan yeni sonuç aktarılmış"):
        take_back(first)
    assert len(stored(exam)) == 2
    take_back(second)
    assert stored(exam) == after_first
    take_back(first)
    assert stored(exam) == {}
    exam.refresh_from_db()
    assert (exam.version, versions(exam)) == (5, [(1, "definition"), (4, "undo"), (5, "undo")])


def test_not_once_a_ranking_has_read_it(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 2)
    send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1])
    first = last_batch()
    send(tmp_path, HEADER, [TC[1], 2, 2, 2, 2])
    second, before = last_batch(), stored(exam)
    run = RankingRun.objects.create(year=exam.year, measure="student_exam_score", partition="district")
    run.exam_versions.add(ExamVersion.objects.get(exam=exam, number=3))
    with pytest.raises(Conflict, match=r"Geri alınamaz: eklenen sınav sürümleri kullanılmış \(sıralamalar\)"):
        take_back(second)
    assert stored(exam) == before
    run.exam_versions.clear()
    take_back(second)
    run.exam_versions.add(ExamVersion.objects.get(exam=exam, number=4))
    with pytest.raises(Conflict, match="sınav sürümleri kullanılmış"):
        take_back(first)
    run.exam_versions.clear()
    take_back(first)
    assert stored(exam) == {}


def test_not_once_the_definition_has_changed(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1])
    define_exam(
        year=exam.year,
        code="LGS",
        family="LGS",
        kind=exam.kind,
        level=exam.level,
        date=exam.date,
        divisor=4,
        subjects=SUBJECTS,
        by=None,
    )
    with pytest.raises(Conflict, match="tanımı değişmiş"):
        take_back(last_batch())


def test_an_import_that_changed_nothing_leaves_no_version(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1])
    send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1])
    again = last_batch()
    take_back(again)
    exam.refresh_from_db()
    assert (exam.version, versions(exam)) == (2, [(1, "definition"), (2, "import")])
    assert len(stored(exam)) == 1


def test_a_corrected_file_is_compared_with_the_definition_it_was_checked_against(
    exam: Exam, school: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    make_students(school, 1)
    path = write_csv(tmp_path / "a.csv", HEADER, [TC[0], 19, 1, 1, 1])
    prepare = services.prepare

    def prepare_and_redefine(*args: Any) -> Any:
        prepared = prepare(*args)
        exam.subjects.filter(name="Türkçe").update(questions=15)
        return prepared

    monkeypatch.setattr(services, "prepare", prepare_and_redefine)
    with pytest.raises(Conflict, match="tanımı bu sırada değişti"):
        import_path(kind="exam_results", scope=Scope(10, "2020-2021", "LGS"), path=path)
    assert not StudentResult.objects.exists()


@pytest.fixture
def clerk(exam: Exam) -> Client:
    client = Client()
    client.force_login(seat_user(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK))
    return client


def checked(batch: ImportBatch) -> ImportBatch:
    batch.refresh_from_db()
    job = run_now(batch.job)  # type: ignore[arg-type]
    assert (job.state, job.error) == ("done", "")
    batch.refresh_from_db()
    return batch


def upload(client: Client, data: bytes, name: str = "lgs.csv", exam: str = "LGS") -> ImportBatch:
    form = {"kind": "exam_results", "exam": exam, "file": SimpleUploadedFile(name, data)}
    answer = client.post(reverse("common:import_new"), form)
    assert answer.status_code == 302, answer.content.decode()
    return checked(ImportBatch.objects.get(pk=answer["Location"].strip("/").split("/")[-1]))


def confirm(client: Client, batch: ImportBatch, **form: str) -> ImportBatch:
    client.post(reverse("common:import_confirm", args=[batch.pk]), form)
    return checked(batch)


def test_wizard_from_preview_to_undo(clerk: Client, exam: Exam, school: Any, tmp_path: Path) -> None:
    one, _two = make_students(school, 2)
    send(tmp_path, f"{HEADER};Puan", [TC[0], 18, 2, 15, 0, "400,25"])
    before = stored(exam)
    batch = upload(clerk, csv_bytes(f"{HEADER};Puan", [TC[0], 17, 2, "G", "G", "395,5"], [TC[1], 1, 1, 1, 1, "300"]))
    assert (batch.state, batch.counts["created"], batch.counts["updated"]) == ("preview", 1, 1)
    (changed,) = batch.preview["changed"]
    assert changed["record"] == changed["cells"][0]
    assert changed["changes"] == [
        {"label": "Puan", "before": "400,25", "after": "395,5"},
        {"label": "Türkçe D", "before": "18", "after": "17"},
        {"label": "Matematik D", "before": "15", "after": ""},
        {"label": "Matematik Y", "before": "0", "after": ""},
    ]
    assert stored(exam) == before
    page = clerk.get(batch.get_absolute_url()).content.decode()
    assert "LGS" in page
    assert not any(number in page for number in TC)
    batch = confirm(clerk, batch)
    assert batch.state == "applied"
    assert stored(exam)[one.pk][1] == {"Türkçe": (17, 2), "Matematik": NOT_TAKEN, "Fen Bilimleri": NOT_TAKEN}
    clerk.post(reverse("common:import_undo", args=[batch.pk]))
    assert (checked(batch).state, stored(exam)) == ("undone", before)


def test_refused_rows_corrected_go_in_and_wipe_nothing(clerk: Client, exam: Exam, school: Any, tmp_path: Path) -> None:
    one, two = make_students(school, 2)
    send(tmp_path, "T.C. Kimlik No;Puan", [TC[1], "400"])
    batch = confirm(
        clerk, upload(clerk, csv_bytes(HEADER, [TC[0], 1, 1, 1, 1], [TC[1], 19, 3, 1, 1])), skip_refused="on"
    )
    assert stored(exam)[one.pk][1]["Türkçe"] == (1, 1)
    answer = clerk.get(reverse("common:import_refused", args=[batch.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == [*HEADER.split(";"), "Dosyadaki Satır", "Hata"]
    assert "19 doğru ve 3 yanlış toplam 22 eder" in sheet["G2"].value
    sheet["C2"] = "1"
    target = io.BytesIO()
    book.save(target)
    again = confirm(clerk, upload(clerk, target.getvalue(), "reddedilenler.xlsx"))
    assert (again.state, again.counts["updated"]) == ("applied", 1)
    assert stored(exam)[two.pk] == (
        [40_000_000_000, None, None, None],
        {"Türkçe": (19, 1), "Matematik": (1, 1), "Fen Bilimleri": NOT_TAKEN},
    )


def test_the_wizard_asks_for_the_exam_and_has_its_template(clerk: Client, exam: Exam) -> None:
    form = {"kind": "exam_results", "file": SimpleUploadedFile("a.csv", b"x;y\n")}
    for code in ("", "TYT"):
        answer = clerk.post(reverse("common:import_new"), {**form, "exam": code})
        assert answer.status_code == 422
    assert not ImportBatch.objects.exists()
    address = reverse("common:import_template", args=["exam_results"])
    assert f"{address}?sinav=LGS" in clerk.get(reverse("common:import_new")).content.decode()
    sheet = load_workbook(io.BytesIO(clerk.get(address, {"sinav": "LGS"}).content)).active
    assert [cell.value for cell in sheet[1]] == [
        *HEADER.split(";"),
        *("Fen Bilimleri D", "Fen Bilimleri Y", "Puan", "Genel Sıra", "İl Sırası", "Yüzdelik Dilim"),
    ]
    assert clerk.get(address).status_code == 404
    assert clerk.get(address, {"sinav": "TYT"}).status_code == 404


def test_results_of_an_earlier_year_are_corrected_in_the_wizard(exam: Exam, school: Any) -> None:
    one, _two = make_students(school, 2)
    exam.year.is_current = False
    exam.year.save(update_fields=["is_current"])
    year = YearFactory(province=exam.year.province, name="2021-2022", is_current=True)
    clerk = Client()
    clerk.force_login(seat_user(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK, year=year))
    Exam.objects.filter(pk=exam.pk).update(code="LGS-2021")
    file = csv_bytes(HEADER, [TC[0], 18, 2, 15, 0])
    answer = clerk.post(
        reverse("common:import_new"),
        {"kind": "exam_results", "exam": "LGS-2021", "file": SimpleUploadedFile("lgs.csv", file)},
    )
    assert answer.status_code == 422
    batch = upload(clerk, file, exam="2020-2021/LGS-2021")
    assert batch.scope["year"] == "2020-2021"
    confirm(clerk, batch)
    assert stored(exam)[one.pk][1]["Türkçe"] == (18, 2)
    assert "2020-2021/LGS-2021" in clerk.get(reverse("common:import_new")).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", [0, 10])
def test_two_files_of_one_exam_at_once(tmp_path: Path, shared: int) -> None:
    school = InstitutionFactory(code="712345", district__province=YearFactory().province)
    exam = make_exam(YearFactory(), "LGS", subjects=SUBJECTS)
    make_students(school, 20)
    files = [
        write_csv(tmp_path / f"{side}.csv", HEADER, *([TC[n], side, 1, n % 3, n % 5] for n in people))
        for side, people in ((1, range(10)), (2, range(10 - shared, 20 - shared)))
    ]
    start = threading.Barrier(2)
    seen: list[tuple[int, int]] = []

    def work(path: Path) -> None:
        try:
            start.wait()
            done = import_path(kind="exam_results", scope=Scope(10, "2020-2021", "LGS"), path=path).counts
            seen.append((done.created, done.updated))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(path,)) for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ([(0, 10), (10, 0)] if shared else [(10, 0), (10, 0)])
    exam.refresh_from_db()
    assert (exam.version, versions(exam)) == (3, [(1, "definition"), (2, "import"), (3, "import")])
    assert len(stored(exam)) == (10 if shared else 20)
    assert SubjectResult.objects.count() == 3 * len(stored(exam))
    for batch in ImportBatch.objects.order_by("-applied_at"):
        take_back(batch)
    assert stored(exam) == {}
