"""The design system: formats, chips, icons, forms, and what the content security policy asks of every template."""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from common.templatetags import ui
from portal.context_processors import SECTIONS

TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*.html") if "pdf" not in path.parts)
APPS = ("common", "accounts", "schools", "projects", "scoring", "awards", "portal")
ISTANBUL = ZoneInfo("Europe/Istanbul")


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (1054, "1.054"),
            (1_000_000, "1.000.000"),
            (0, "0"),
            (Decimal("28.80"), "28,8"),
            (Decimal("100.00"), "100"),
            (Decimal("1234.5"), "1.234,5"),
            (Decimal("0.00001"), "0,00001"),
            (Decimal("-2.5"), "−2,5"),
            (Decimal("-0.00"), "0"),
            (Decimal("1E+3"), "1.000"),
            (Fraction(1, 3), "0,3333"),
            (Fraction(2, 3), "0,6667"),
            (Fraction(1, 20000), "0,0001"),
            (Fraction(-1, 20000), "−0,0001"),
            (Fraction(144, 5), "28,8"),
            ("12.50", "12,5"),
            (None, "–"),
            ("", "–"),
            ("yok", "–"),
            (True, "–"),
            (Decimal("NaN"), "–"),
        ],
    )
    def test_tr_number_is_exact_and_turkish(self, value, text):
        assert ui.tr_number(value) == text

    @pytest.mark.parametrize(
        ("value", "places", "text"),
        [(Decimal("28.8"), 2, "28,80"), (Decimal("28.805"), 2, "28,81"), (7, 0, "7"), (Decimal("2.5"), 0, "3")],
    )
    def test_tr_number_with_fixed_places_rounds_half_up(self, value, places, text):
        assert ui.tr_number(value, places) == text

    def test_percent_points_and_sizes(self):
        assert ui.percent(32) == "%32"
        assert ui.percent(Decimal("12.50")) == "%12,5"
        assert ui.percent(None) == "–"
        assert ui.points(Decimal("28.80")) == "28,8 puan"
        assert ui.points(None) == "–"
        assert [ui.file_size(size) for size in (840, 999, 1000, 12_400, 3_449_999, 3_450_000)] == [
            "840 B", "999 B", "1 kB", "12 kB", "3,4 MB", "3,5 MB",
        ]  # fmt: skip

    def test_working_shows_the_whole_sum(self):
        html = render(
            "{% points_working base=90 coefficient=32 total=total lead='onaylanırsa:' %}", total=Decimal("28.80")
        )
        assert re.sub(r"<[^>]+>", "", html) == "onaylanırsa: 90 × %32 = 28,8 puan"


class TestDates:
    def test_days_and_moments(self):
        moment = dt.datetime(2026, 3, 5, 21, 30, tzinfo=dt.UTC)
        assert ui.tr_date(dt.date(2026, 3, 5)) == "05.03.2026"
        assert ui.tr_date(moment) == "06.03.2026 00:30"
        assert ui.tr_date(moment, "date") == "06.03.2026"
        assert ui.tr_date(moment, "time") == "00:30"
        assert ui.tr_date(dt.date(2026, 8, 30), "long") == "30 Ağustos 2026"
        assert ui.tr_date(dt.date(2026, 3, 5), "day") == "5 Mart 2026 Perşembe"
        assert ui.tr_date(None) == ui.tr_date("") == "–"

    def test_age_counts_calendar_days_in_turkey(self, time_machine_at):
        time_machine_at(dt.datetime(2026, 3, 6, 0, 10, tzinfo=ISTANBUL))
        assert ui.days_since(dt.datetime(2026, 3, 5, 23, 50, tzinfo=ISTANBUL)) == "1 gündür"
        assert ui.days_since(timezone.now()) == "bugün"
        assert ui.days_since(dt.date(2026, 2, 22)) == "12 gündür"

    @pytest.fixture
    def time_machine_at(self):
        import time_machine

        travellers = []

        def travel(moment: dt.datetime) -> None:
            traveller = time_machine.travel(moment, tick=False)
            traveller.start()
            travellers.append(traveller)

        yield travel
        for traveller in travellers:
            traveller.stop()


class TestChips:
    class Status(models.TextChoices):
        RETURNED = "returned", "Okula döndü"

    def test_status_is_a_word_a_colour_and_an_icon(self):
        html = render("{% status_chip 'approved' %}")
        assert "chip-success" in html
        assert "<span>Onaylandı</span>" in html
        assert "<path" in html

    def test_a_choice_brings_its_own_words_and_keeps_the_colour(self):
        html = render("{% status_chip status %}", status=self.Status.RETURNED)
        assert "Okula döndü" in html
        assert "chip-warning" in html

    def test_unknown_status_is_shown_neutral_and_escaped(self):
        html = render("{% status_chip '<b>x</b>' %}")
        assert "chip-neutral" in html
        assert "&lt;b&gt;x&lt;/b&gt;" in html

    def test_five_areas_have_five_tones(self):
        html = render("{% for area in areas %}{% area_chip area %}{% endfor %}", areas=list(ui.AREA_CHIPS))
        assert len(set(re.findall(r"chip-area chip-(\w+)", html))) == 5

    @pytest.mark.django_db
    def test_fifty_rows_of_chips_ask_the_database_nothing(self, django_assert_num_queries):
        row = "{% status_chip 'draft' %}{% area_chip 'eba' %}{% icon 'check' %}"
        with django_assert_num_queries(0):
            html = render("{% for n in rows %}" + row + "{% endfor %}", rows=range(50))
        assert html.count("<svg") == 150


def names_of_icons() -> set[str]:
    """Icons that templates and Python name in writing, and those of the tables of chips and of the menu."""
    pattern = re.compile(
        r"""\{%\s*icon\s+"([a-z0-9-]+)"|icon(?:=|["']:\s*)["']([a-z0-9-]+)["']|icon\|default:"([a-z0-9-]+)\""""
    )
    code = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    texts = [path.read_text("utf-8") for path in [*TEMPLATES, *code]]
    found = {next(filter(None, hit)) for text in texts for hit in pattern.findall(text)}
    found |= {chip.icon for chip in (*ui.STATUS_CHIPS.values(), *ui.AREA_CHIPS.values(), ui.UNKNOWN_CHIP)}
    return found | {item.icon for section in SECTIONS for item in section.items}


class TestIcons:
    def test_every_icon_in_use_is_listed_and_drawn(self):
        lines = (settings.BASE_DIR / "static" / "icons.txt").read_text("utf-8").splitlines()
        listed = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
        assert sorted(names_of_icons() - listed) == [], "add these names to static/icons.txt and run `npm run build`"
        assert [name for name in sorted(listed) if not ui.icon_paths(name)] == []

    def test_icon_is_silent_unless_it_has_a_label(self):
        assert 'aria-hidden="true"' in render("{% icon 'check' %}")
        labelled = render("{% icon 'lock' label='Kilitli <' %}")
        assert 'role="img" aria-label="Kilitli &lt;"' in labelled
        assert "aria-hidden" not in labelled

    @pytest.mark.parametrize("name", ["../../../etc/passwd", "yok-boyle-bir-simge", "", "check.svg"])
    def test_icon_without_drawing_is_empty_and_reads_no_other_file(self, name):
        assert ui.icon_paths(name) == ""
        assert "<svg" in render("{% icon name %}", name=name)


class SampleForm(forms.Form):
    title = forms.CharField(label="Proje adı", help_text="Kısa bir ad.")
    note = forms.CharField(label="Not", required=False, widget=forms.Textarea)
    stage = forms.ChoiceField(label="Aşama", choices=[("a", "Hazırlayan")], widget=forms.RadioSelect)
    consent = forms.BooleanField(label="Kabul ediyorum", required=False)


class TestForms:
    def test_fields_have_label_help_and_the_frameworks_classes(self):
        html = str(SampleForm())
        assert '<label class="form-label" for="id_title">Proje adı</label>' in html
        assert 'id="id_title_helptext">Kısa bir ad.' in html
        assert re.search(
            r'<input type="text" name="title" class="form-control"[^>]*aria-describedby="id_title_helptext"', html
        )
        assert '<textarea name="note" class="form-control"' in html
        assert 'Not <span class="field-optional">(isteğe bağlı)</span>' in html
        assert '<legend class="form-label">Aşama</legend>' in html
        assert re.search(
            r'<input type="checkbox" name="consent" class="form-check-input"[^>]*>\s*<label class="form-check-label"',
            html,
        )

    def test_error_is_tied_to_its_field(self):
        html = str(SampleForm({"title": "", "stage": "a"}))
        assert '<ul class="errorlist" id="id_title_error"><li>Bu alan zorunludur.</li></ul>' in html
        assert re.search(
            r'name="title"[^>]*aria-invalid="true"[^>]*aria-describedby="id_title_helptext id_title_error"', html
        )

    def test_summary_links_to_the_field(self):
        html = render_to_string("components/form_errors.html", {"form": SampleForm({"stage": "a"})})
        assert '<a href="#id_title">Proje adı</a>: Bu alan zorunludur.' in html

    def test_own_class_of_a_widget_is_kept_once(self):
        widget = forms.TextInput(attrs={"class": "form-control-code"})
        assert widget.render("code", None).count("class=") == 1
        assert 'class="form-control form-control-code"' in widget.render("code", None)


class TestBlocks:
    def test_card_holds_a_titled_section(self):
        html = render("{% card title=title icon='users' %}<p>İçerik</p>{% endcard %}", title="Ekip & veli")
        assert "Ekip &amp; veli</h2>" in html
        assert '<div class="card-body"><p>İçerik</p></div>' in html

    def test_table_names_itself_for_screen_readers(self):
        html = render("{% data_table caption='Projeler' %}<tbody></tbody>{% enddata_table %}")
        assert '<caption class="visually-hidden">Projeler</caption><tbody></tbody>' in html

    def test_danger_notice_is_an_alert(self):
        assert 'role="alert"' in render("{% notice tone='danger' title='Olmadı' %}{% endnotice %}")
        assert "role=" not in render("{% notice title='Bilgi' %}{% endnotice %}")

    def test_pager_keeps_the_filter(self):
        request = RequestFactory().get("/projeler/?durum=draft&page=2")
        page = Paginator(list(range(2500)), 50).get_page(2)
        html = render_to_string("components/pager.html", {"page": page, "noun": "proje"}, request=request)
        assert "51–100" in html
        assert "2.500</span> proje" in html
        assert "?durum=draft&amp;page=3" in html

    def test_active_nav_marks_page_or_app(self):
        request = SimpleNamespace(resolver_match=SimpleNamespace(view_name="projects:detail"))
        assert render("{% active_nav 'projects:detail' %}", request=request) == ' aria-current="page"'
        assert render("{% active_nav 'projects:' %}", request=request) == ' aria-current="page"'
        assert render("{% active_nav 'projects:list' %}", request=request) == ""
        assert render("{% active_nav 'projects:list' %}") == ""

    def test_values_of_a_definition_list(self):
        html = render_to_string(
            "components/definition_list.html", {"rows": [("Ortak", True), ("Bütçe", None), ("Ad", "<i>")]}
        )
        assert "<dd>Evet</dd>" in html
        assert "<dd>–</dd>" in html
        assert "&lt;i&gt;" in html


class TestPolicy:
    """What the strict content security policy refuses, no template may hold."""

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
    def test_no_inline_style_script_or_handler(self, path):
        source = path.read_text("utf-8")
        assert not re.search(r"<[a-zA-Z][^>]*\s(style|on[a-z]+)\s*=", source)
        assert "<style" not in source
        for attributes in re.findall(r"<script\b([^>]*)>", source):
            assert "src=" in attributes or 'type="application/json"' in attributes
        assert not re.search(r"""(?:src|href)\s*=\s*["']https?://""", source)

    def test_a_page_script_is_never_imported(self):
        """Under hashed names an imported script is a second copy: what it does on loading would be done twice."""
        scripts = {path.name: path.read_text("utf-8") for path in (settings.BASE_DIR / "static" / "js").glob("*.js")}
        pages = "".join(path.read_text("utf-8") for path in TEMPLATES)
        on_pages = {name for name in scripts if f"js/{name}" in pages}
        imported = {name for text in scripts.values() for name in re.findall(r'from "\./([a-z_]+\.js)"', text)}
        assert "app.js" in on_pages
        assert "session.js" in imported
        assert on_pages & imported == set()

    def test_base_stays_short(self):
        assert len((settings.BASE_DIR / "templates" / "base.html").read_text("utf-8").splitlines()) < 100

    @pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "413", "429", "500"])
    def test_error_pages_need_nothing_but_themselves(self, code):
        html = render_to_string(f"{code}.html")
        assert 'lang="tr"' in html
        assert html.count("<h1>") == 1
        assert 'href="/"' in html


def test_keys_are_never_grouped_in_pages() -> None:
    """A key of 5833 in a form must not come back as 5.833; numbers for people pass through ``tr_number``."""
    assert (
        Template('{% load ui %}value="{{ n }}" {{ n|tr_number }}').render(Context({"n": 5833})) == 'value="5833" 5.833'
    )
