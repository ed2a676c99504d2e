"""Pages of exam and EBA rankings: what may be computed, who sees whose rows, workings, newer versions, objections."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from common.models import Job, Notification
from exams.models import Exam, ExamVersion, SubjectResult
from exams.models.exams import ExamKind
from schools.models import Posting, TeachingAssignment
from schools.models.commissions import CommissionKind, SeatRole
from schools.services.year_settings import set_year_setting
from scoring.exports import run_columns, value_head
from scoring.models import Objection, RankingRun
from scoring.selectors.rows import rows_visible_to
from scoring.services import answer_objection, publish_run, raise_objection
from scoring.services.publishing import UnpublishedExam
from tests.factories.eba import make_criteria, make_student_use, make_use
from tests.factories.exams import make_exam, make_result, make_teaching
from tests.factories.schools import InstitutionFactory, seat_user
from tests.scoring.exam_case import exam_case
from tests.scoring.test_pages import get, signed_in, text_of


@pytest.fixture
def case(db):
    return exam_case()


def published(case, measure, partition=None, **asked):
    board = case.eba if "eba" in measure else case.academic
    return publish_run(run=case.run(measure, partition, **asked), by=board)


def newer_results(case, **answers):
    """Oya's students get these answers in Matematik by a second version of this year's exam."""
    SubjectResult.objects.filter(result__exam=case.exam, result__student__in=case.students, correct=12).update(
        **answers
    )
    Exam.objects.filter(pk=case.exam.pk).update(version=2)
    ExamVersion.objects.create(exam=case.exam, number=2, source=ExamVersion.Source.IMPORT)


def test_a_board_is_asked_for_what_its_measure_needs(case):
    page = text_of(get(case.academic, "rankings", query="?hesap=teacher_exam_progress"))
    for words in ("LGS-2021 2020-2021 (06.06.2021)", "İlçe × Ders", "İl geneli × Ders", "Sıralamayı hesapla"):
        assert words in page
    assert "LGS-2020 2019-2020" not in page
    assert "Öğretmenlerin proje puanı</option>" not in page.split("filter-form")[0]
    monitoring = text_of(get(case.academic, "rankings", query="?hesap=student_monitoring_exam"))
    assert "“İzleme ve değerlendirme sınavı” türünde tanımlı sınav yok" in monitoring
    term = text_of(get(case.eba, "rankings", query="?hesap=teacher_eba_points"))
    assert "2. dönem" in term
    assert "LGS-2021" not in term.split("filter-form")[0]
    assert "Yeni hesap" not in text_of(get(case.coordinator, "rankings"))


def test_a_board_computes_for_an_exam_and_nothing_else_goes_in(case):
    values = {"measure": "teacher_exam_progress", "partition": "district,subject", "exam": "LGS-2021"}
    address = reverse("scoring:compute")
    assert signed_in(case.eba).post(address, values).status_code == 404
    for wrong in ({"exam": "LGS-2020"}, {"exam": ""}, {"partition": "institution,category"}):
        response = signed_in(case.academic).post(address, values | wrong)
        assert (response.status_code, Job.objects.count()) == (422, 0)
    assert "Hangi sınavın sıralanacağını seçiniz." in text_of(
        signed_in(case.academic).post(address, values | {"exam": ""})
    )
    signed_in(case.academic).post(address, values | {"term": "1"})
    assert Job.objects.get().params == values | {"year": case.year.pk, "term": None}


def test_a_run_has_subjects_means_and_who_sat(case):
    run = published(case, "teacher_exam_progress")
    page = text_of(get(case.academic, "run", run.pk))
    for words in ("Oya Işık", "Umut Ak", "Matematik", "LGS-2021 sürüm 1", "LGS-2020 sürüm 1", "10 girdi, 10 başvurdu"):
        assert words in page
    assert "Umut Ak" not in text_of(get(case.academic, "run", run.pk, query="?ara=oya&ders=Matematik&ilk=1"))
    assert "Bu süzgece uyan satır yok" in text_of(get(case.academic, "run", run.pk, query="?kategori=high"))
    schools = text_of(get(case.academic, "run", published(case, "school_exam_progress").pk, query="?ara=çınarlı"))
    assert "Edremit Çınarlı Ortaokulu" in schools
    assert "Edremit Işık Ortaokulu" not in schools


def test_the_first_of_a_rank_in_the_country_are_cut_by_that_rank(case):
    run = published(case, "student_exam_rank")
    assert "Genel Sıra en çok" in text_of(get(case.academic, "run", run.pk))
    page = get(case.academic, "run", run.pk, query="?ilk=602").context["page"]
    assert [row.value for row in page] == [600, 601, 602]


def test_names_of_students_are_for_those_whom_they_concern(case):
    run = case.run("student_exam_score")

    def seen(user):
        return set(rows_visible_to(user, RankingRun.objects.get(pk=run.pk)).values_list("student", flat=True))

    readers = (case.coordinator, case.neighbour, case.district_board, case.coach, case.oya.user)
    assert [seen(user) for user in readers] == [set()] * 5
    publish_run(run=run, by=case.academic)
    own, other = ({student.pk for student in group} for group in (case.students, case.neighbours))
    assert [seen(user) for user in readers] == [own, other, own | other, {case.students[0].pk}, set()]
    assert seen(case.academic) == seen(case.eba) == own | other
    first, second = (case.row(run, student) for student in case.students[:2])
    allowed = [get(user, "row", first.pk).status_code for user in readers]
    assert allowed == [200, 404, 200, 200, 404]
    assert get(case.coach, "row", second.pk).status_code == 404
    assert get(case.oya.user, "run", run.pk).status_code == 200


def words_of(measure):
    return {
        "teacher_exam_progress": ["11 − 10 = 1 net", "8/A", "Kayıtlı", "Net = doğru − yanlış / 3", "sonuç gerekir"],
        "teacher_exam_success": ["11 / 20 × 100 = 55", "%55"],
        "student_exam_score": ["400 puan", "Girmedi", "Genel Sıra"],
        "student_exam_rank": ["Genel Sıra: 600"],
        "school_exam_progress": ["11 − 10 = 1 net", "Sınavlardan birinde puan bulunmadığından"],
    }[measure]


@pytest.mark.parametrize(
    "measure",
    [
        "teacher_exam_progress",
        "teacher_exam_success",
        "student_exam_score",
        "student_exam_rank",
        "school_exam_progress",
    ],
)
def test_a_row_explains_itself(case, measure):
    run = published(case, measure)
    holder = {"t": case.oya, "s": case.students[0]}[measure[0]] if measure != "school_exam_progress" else case.school
    page = text_of(get(case.coordinator, "row", case.row(run, holder).pk))
    for words in (*words_of(measure), "LGS-2021 sürüm 1"):
        assert words in page


def test_a_row_of_eba_explains_itself(case):
    make_criteria(case.year)
    for term, pieces in ((1, 2), (2, 6)):
        make_use(case.oya, {"TIME_IN_SYSTEM": "1.5", "WORK_SENT": pieces}, term=term)
    make_student_use(case.students[0], "7.25", class_rank=3)
    points = published(case, "teacher_eba_points", term=1)
    page = text_of(get(case.oya.user, "row", case.row(points, case.oya).pk))
    assert "1,5 saat" in page
    assert "Edremit Işık Ortaokulu: <strong" in page
    progress = published(case, "teacher_eba_progress")
    assert "2. dönem EBA puanı" in text_of(get(case.oya.user, "row", case.row(progress, case.oya).pk))
    school = published(case, "school_eba_points", term=1)
    assert "Kaydı bulunan personel" in text_of(get(case.coordinator, "row", case.row(school, case.school).pk))
    usage = published(case, "student_eba_usage", term=1)
    assert "7,25 saat" in text_of(get(case.coach, "row", case.row(usage, case.students[0]).pk))
    own = text_of(get(case.oya.user, "my_points"))
    for words in ("Yayımlanan sıralamalardaki yer", "1. dönem EBA puanı", "2. dönem EBA puanı", "1,5 saat"):
        assert words in own


def test_a_small_section_is_shown_to_its_teacher_and_those_with_a_seat_over_it(db):
    case = exam_case(9)
    set_year_setting(year=case.year, key="min_students", value="5", by=None)
    run = published(case, "teacher_exam_success")
    row = case.row(run, case.oya)
    for reader in (case.academic, case.district_board, case.coordinator, case.oya.user):
        page = text_of(get(reader, "row", row.pk))
        assert "Grupların rakamları" in page
        assert "10 öğrenciden küçük grup gösterilmez" not in page


def test_newer_results_mark_the_run_and_say_what_would_change(case):
    run = published(case, "teacher_exam_progress")
    marked = "?durum=outdated"
    assert "Bu süzgece uyan sıralama yok" in text_of(get(case.academic, "rankings", query=marked))
    newer_results(case, correct=13)
    sentence = "Bu sıralama LGS-2021 sonuçlarının 1. sürümüyle hesaplandı; 2. sürüm var."
    assert "Verisi değişti" in text_of(get(case.academic, "rankings", query=marked))
    board, school = (text_of(get(user, "run", run.pk)) for user in (case.academic, case.coordinator))
    assert sentence in board
    assert sentence in school
    assert "Yeniden hesapla" in board
    assert "Yeniden hesapla" not in school
    assert sentence in text_of(get(case.coordinator, "row", case.row(run, case.oya).pk))
    assert get(case.coordinator, "what_if", run.pk).status_code == 404
    assert "Oya Işık" not in text_of(get(case.academic, "what_if", run.pk))
    changes = text_of(get(case.academic, "what_if", run.pk, query="?tur=hepsi"))
    for words in (
        "Oya Işık",
        "2,0000",
        "Önce<br><small>Gelişim (net)</small>",
        "10 öğrencinin ortalaması 11 iken 10 öğrencinin ortalaması 12 oldu",
    ):
        assert words in changes
    again = publish_run(run=case.run("teacher_exam_progress"), by=case.academic)
    assert "Bu süzgece uyan sıralama yok" in text_of(get(case.academic, "rankings", query=marked))
    assert "Oya Işık" in text_of(get(case.academic, "compare", again.pk))


def test_a_corrected_objection_is_told_its_new_place(case):
    run = published(case, "teacher_exam_progress")
    row = case.row(run, case.umut)
    assert "T.C. kimlik numarası yazmayınız" in text_of(get(case.neighbour, "object", row.pk))
    objection = raise_objection(row=row, text="Bir öğrencinin sonucu eksik.", by=case.neighbour)
    answer_objection(objection=objection, action="correct", text="Düzeltilecek.", version=1, by=case.academic)
    page = text_of(get(case.academic, "objection", objection.pk))
    assert "Yeniden hesapla" in page
    assert "Yeniden hesapla" not in text_of(get(case.neighbour, "objection", objection.pk))
    newer_results(case, correct=13)
    publish_run(run=case.run("teacher_exam_progress"), by=case.academic)
    notice = Notification.objects.get(kind="objection.recomputed")
    assert (notice.recipient, notice.body) == (case.neighbour, "Umut Ak önce 1. sıradaydı, şimdi 2. sırada.")
    assert get(case.neighbour, "row", int(notice.url.split("/")[-2])).status_code == 200


def test_a_school_objects_to_the_row_of_its_student_and_its_own(case):
    for measure, holder in (("student_exam_score", case.students[0]), ("school_exam_progress", case.school)):
        row = case.row(published(case, measure), holder)
        assert get(case.neighbour, "object", row.pk).status_code == 404
        raise_objection(row=row, text="Yanlış.", by=case.coordinator)
    assert Objection.objects.filter(institution=case.school).count() == 2


def test_a_monitoring_exam_is_published_before_its_ranking(case):
    exam = make_exam(case.year, "IZLEME-1", family="IZLEME-8", kind=ExamKind.MONITORING)
    make_result(exam, case.students[0], {"Matematik": (10, 0)})
    run = case.run("student_monitoring_exam", exam="IZLEME-1")
    with pytest.raises(UnpublishedExam, match="IZLEME-1 sonuçları okullara yayımlanmadı"):
        publish_run(run=run, by=case.academic)
    Exam.objects.filter(pk=exam.pk).update(published_at=run.computed_at)
    assert publish_run(run=run, by=case.academic).status == "published"


def test_central_exams_that_a_ranking_read_are_published_before_it_too(case):
    Exam.objects.update(published_at=None)
    run = case.run("teacher_exam_progress")
    with pytest.raises(UnpublishedExam, match="LGS-2021, LGS-2020 sonuçları okullara yayımlanmadı; önce sınavın"):
        publish_run(run=run, by=case.academic)
    Exam.objects.filter(code="LGS-2021").update(published_at=run.computed_at)
    with pytest.raises(UnpublishedExam, match="LGS-2020 sonuçları"):
        publish_run(run=run, by=case.academic)


def test_downloads_name_the_exam_and_the_subject(case):
    run = published(case, "teacher_exam_progress")
    body = b"".join(get(case.coordinator, "export", run.pk, "csv").streaming_content).decode("utf-8-sig")
    head, *rows = body.splitlines()
    assert head == "Sıra;Sınav;Ders;Ad Soyad;Unvan;Kurum Kodu;Kurum;İlçe;Kategori;Gelişim (net);Eşit;Nasıl oluştu"
    assert [row.split(";")[:4] for row in rows] == [["1", "LGS-2021", "Matematik", "Oya Işık"]]
    students = published(case, "student_exam_rank")
    body = b"".join(get(case.coach, "export", students.pk, "csv").streaming_content).decode("utf-8-sig")
    assert body.splitlines()[0].startswith("Sıra;Sınav;Öğrenci;Kurum Kodu;")
    assert "Genel Sıra;Eşit" in body.splitlines()[0]
    assert len(body.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "limit"), [("rankings", 15), ("run", 15), ("row", 15), ("what_if", 15), ("my_points", 20)]
)
def test_pages_cost_the_same_for_one_run_and_for_three(case, name, limit):
    def cost():
        run = RankingRun.objects.order_by("-pk").first()
        arguments = {"run": [run.pk], "what_if": [run.pk], "row": [run.rows.order_by("position")[0].pk]}.get(name, [])
        client = signed_in(case.oya.user if name == "my_points" else case.academic)
        address = reverse(f"scoring:{name}", args=arguments)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    published(case, "teacher_exam_success", "institution,subject")
    one = cost()
    for partition in ("district,subject", "subject"):
        published(case, "teacher_exam_success", partition)
    assert cost() == one
    assert one <= limit


@pytest.mark.parametrize(
    ("measure", "head", "shown"),
    [
        ("teacher_exam_progress", "Gelişim (net)", "1,0000"),
        ("school_exam_progress", "Gelişim (net)", "1,0000"),
        ("teacher_exam_success", "Başarı (%)", "55,0000"),
        ("student_exam_score", "Puan", "400,0000"),
        ("student_exam_rank", "Genel Sıra", "600"),
        ("teacher_eba_progress", "Gelişim (puan)", "8,0000"),
        ("student_eba_usage", "Süre (saat)", "7,2500"),
    ],
)
def test_a_column_says_what_its_values_are_and_all_have_as_many_decimals(case, measure, head, shown):
    make_criteria(case.year)
    for term, pieces in ((1, 2), (2, 6)):
        make_use(case.oya, {"WORK_SENT": pieces}, term=term)
    make_student_use(case.students[0], "7.25")
    run = case.run(measure, term=1) if measure == "student_eba_usage" else case.run(measure)
    reader = case.eba if "eba" in measure else case.academic
    page = text_of(get(reader, "run", run.pk))
    assert f'<th scope="col" class="num">{head}</th>' in page
    assert f'<td data-label="{head}" class="num">{shown}</td>' in page
    file = b"".join(get(reader, "export", run.pk, "csv").streaming_content).decode("utf-8-sig")
    assert f";{head};" in file.splitlines()[0]


def test_standardised_progress_is_named_by_its_unit(case):
    set_year_setting(year=case.year, key="progress", value="standardised", by=None)
    for measure in ("teacher_exam_progress", "school_exam_progress"):
        run = case.run(measure)
        assert value_head(run) == "Gelişim (standart puan)"
        assert "Gelişim (standart puan)" in run_columns(run)


def test_figures_of_few_students_are_for_their_teacher_and_those_with_a_seat_over_them(db):
    """Oya works at Işık and teaches nine students of Çınarlı."""
    case = exam_case(9)
    TeachingAssignment.objects.filter(teacher=case.oya).delete()
    make_teaching(case.other, case.oya, "Matematik", year=case.year)
    set_year_setting(year=case.year, key="min_students", value="5", by=None)
    run = published(case, "teacher_exam_success")
    row = case.row(run, case.oya)
    objection = raise_objection(row=row, text="Yanlış.", by=case.coordinator)

    def doors(user):
        file = b"".join(get(user, "export", run.pk, "csv").streaming_content).decode("utf-8-sig")
        pages = [get(user, "run", run.pk), get(user, "row", row.pk)]
        return [*(text_of(page) for page in pages), file]

    for reader in (case.academic, case.district_board, case.oya.user):
        assert all("55,0000" in door for door in doors(reader))
    own = [*doors(case.coordinator), text_of(get(case.coordinator, "points_of", case.oya.pk))]
    own += [text_of(get(case.coordinator, "object", row.pk)), text_of(get(case.coordinator, "objection", objection.pk))]
    for told in ("55,0000", "%55", "11 / 20", "9 girdi", "11,0000"):
        assert not any(told in door for door in own), told
    assert "Küçük grubun rakamları gösterilmez" in own[1]
    assert all("10 öğrenciden küçük grup gösterilmez" in door for door in own[2:])


def test_a_small_section_is_not_told_by_the_sum_of_the_others(case):
    make_teaching(case.other, case.oya, "Matematik", year=case.year)
    third = InstitutionFactory(district=case.school.district, name="Edremit Dalyan Ortaokulu")
    Posting.objects.filter(staff=case.oya).update(institution=third)
    run = published(case, "teacher_exam_success")
    row = case.row(run, case.oya)
    years = row.evidence["years"]
    years[0]["sections"][0]["sat"] = 5
    row.evidence = row.evidence | {"years": years}
    row.save(update_fields=["evidence"])
    chair = seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, third)
    assert text_of(get(chair, "row", row.pk)).count("10 öğrenciden küçük grup gösterilmez") == 2
    assert "10 öğrenciden küçük grup gösterilmez" not in text_of(get(case.academic, "row", row.pk))


def test_a_workbook_shows_as_many_decimals_in_all_rows(case):
    def cells(measure):
        run = case.run(measure)
        content = b"".join(get(case.academic, "export", run.pk, "xlsx").streaming_content)
        sheet = load_workbook(io.BytesIO(content)).active
        column = [cell.value for cell in sheet[1]].index(value_head(run)) + 1
        return {sheet.cell(row, column).number_format for row in range(2, sheet.max_row + 1)}

    assert cells("student_exam_score") == {"0.0000"}
    assert cells("student_exam_rank") == {"General"}
