"""What the printed report of a list says."""

import pypdfium2
import pytest
from django.utils import timezone

from awards import services
from awards.models import AwardLine, AwardListReport
from awards.pdf import list_report_pdf
from awards.report import list_report
from tests.factories.awards import chain

pytestmark = pytest.mark.django_db


def test_report_names_rule_source_dates_ties_strikes_and_places_for_signatures():
    made = chain(
        ("40", "32", "32", "32", "5"),
        names=(("Ayşe", "Yılmaz"), ("Çınar", "Işık"), ("Şule", "Öz"), ("Ümit", "Kaya"), ("Oğuz", "Ilgaz")),
    )
    made.compute()
    award_list = made.list()
    line = AwardLine.objects.get(list=award_list, holder_name="Ümit Kaya")
    services.strike_line(line=line, reason="Başka ilçeye atandı", version=award_list.version, by=made.executive)
    award_list = made.list()
    services.add_line(
        award_list=award_list,
        staff=made.teachers[4],
        reason="Örnek çalışma",
        version=award_list.version,
        by=made.executive,
    )
    report = list_report(made.list())
    facts = dict(report["facts"])
    assert report["office"][:2] == ["T.C.", "BALIKESİR VALİLİĞİ"]
    assert facts["Veren makam"] == "Edremit Kaymakamlığı"
    assert facts["Puan tablosu"] == "2020-2021 / sürüm 1"
    assert facts["İtiraz süresi"] == f"{made.run.objections_until:%d.%m.%Y} günü doldu; cevap bekleyen itiraz yok."
    rows = report["parts"][0]["rows"]
    assert [(row["rank"], row["name"], row["value"], row["note"]) for row in rows] == [
        ("1", "Ayşe Yılmaz", "40", ""),
        ("2", "Çınar Işık", "32", "Kesme sırasında eşit"),
        ("2", "Şule Öz", "32", "Kesme sırasında eşit"),
        ("–", "Oğuz Ilgaz", "5", "Kurul ekledi"),
    ]
    notes = {block["title"]: block["items"] for block in report["notes"]}
    assert notes["Eşitlikler"] == ["Ortaokul: 2. sırada 2 kişi eşit puanda; hepsi listeye alındı."]
    assert notes["Atlananlar"] == []
    assert notes["Kurulun çıkardıkları"] == ["Ümit Kaya: Başka ilçeye atandı"]
    assert notes["Kurulun ekledikleri"] == ["Oğuz Ilgaz: Örnek çalışma"]
    assert report["signatures"][0][0]["title"] == "Vali, Başkan"


def test_report_is_drawn_once_for_each_version():
    made = chain()
    award_list = made.decided()
    first = services.make_list_report(award_list=award_list, render=list_report_pdf, by=made.executive)
    assert services.make_list_report(award_list=award_list, render=list_report_pdf, by=made.executive) == first
    award_list = made.list()
    services.offer_list(award_list=award_list, reason="x", version=award_list.version, by=made.executive)
    services.make_list_report(award_list=made.list(), render=list_report_pdf, by=made.executive)
    assert AwardListReport.objects.count() == 2
    with first.file.content.open("rb") as stored:
        words = pypdfium2.PdfDocument(stored.read())[0].get_textpage().get_text_range()
    assert "ÖDÜL LİSTESİ" in words
    assert f"{timezone.localdate():%d.%m.%Y} / 2021/7" in words
