"""Stale forms: nothing is overwritten silently, the person chooses field by field."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import Permission
from django.db import connection, models, transaction
from django.http import QueryDict
from django.template.loader import render_to_string

from common.errors import Conflict
from common.forms import VersionedFormMixin, in_words
from common.versions import StaleForm, VersionedModel, check_version, lock_version


class Sheet(VersionedModel):
    """Has a table only while a test makes one."""

    class Kind(models.TextChoices):
        A = "a", "Birinci tür"
        B = "b", "İkinci tür"

    title = models.CharField("Başlık", max_length=50)
    kind = models.CharField("Tür", max_length=1, choices=Kind)
    open = models.BooleanField("Açık", default=False)
    day = models.DateField("Gün", null=True)

    class Meta:
        app_label = "tests"
        managed = False


class SheetForm(VersionedFormMixin, forms.ModelForm):
    class Meta:
        model = Sheet
        fields = ("title", "kind", "open", "day")


def stored(**fields: Any) -> Sheet:
    return Sheet(pk=1, **({"title": "Kayıtlı", "kind": "b", "open": True, "version": 5} | fields))


def posted(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"title": "Benim", "kind": "a", "version": "4"} | fields)
    return data


@pytest.mark.parametrize("given", ["4", 4, "6", "", None, "beş", "5.0", "٥٥"])
def test_any_other_version_is_stale(given: object) -> None:
    with pytest.raises(StaleForm) as caught:
        check_version(stored(), given)
    assert isinstance(caught.value, Conflict)
    assert caught.value.current.version == 5
    assert str(caught.value).startswith("Siz düzenlerken bu kayıt değişti;")


@pytest.mark.parametrize("given", ["5", 5])
def test_same_version_passes(given: object) -> None:
    check_version(stored(), given)


def test_form_carries_the_version_it_was_made_from() -> None:
    assert '<input type="hidden" name="version" value="5"' in str(SheetForm(instance=stored())["version"])


def test_both_values_of_each_differing_field_are_shown_in_words() -> None:
    form = SheetForm(posted(day="05.03.2026"), instance=stored())
    form.compare(StaleForm(stored()))
    assert [(c.name, c.label, c.mine, c.theirs) for c in form.conflicts] == [
        ("title", "Başlık", "Benim", "Kayıtlı"),
        ("kind", "Tür", "Birinci tür", "İkinci tür"),
        ("open", "Açık", "Hayır", "Evet"),
        ("day", "Gün", "05.03.2026", ""),
    ]
    assert 'value="5"' in str(form["version"])
    assert 'value="Benim"' in str(form["title"])
    page = render_to_string("components/conflict.html", {"conflicts": form.conflicts})
    assert 'name="keep-title" value="mine"' in page
    assert 'name="keep-title" value="theirs"' in page


def test_equal_fields_are_no_conflict() -> None:
    form = SheetForm(posted(title="Kayıtlı", open="on"), instance=stored())
    form.compare(StaleForm(stored()))
    assert [c.name for c in form.conflicts] == ["kind"]


def test_choices_are_applied_when_the_form_comes_back() -> None:
    choices = {"keep-title": "theirs", "keep-kind": "mine", "keep-open": "theirs", "keep-day": "theirs"}
    form = SheetForm(posted(version="5", day="05.03.2026", **choices), instance=stored(day=None))
    assert form.data["title"] == "Kayıtlı"
    assert form.data["kind"] == "a"
    assert form.data["open"] == "on"
    assert form.data.getlist("day") == []


@pytest.fixture
def sheet_table(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Sheet)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Sheet)


def save_title(pk: int, version: int, title: str) -> bool:
    """One person's save; False when somebody else was faster."""
    try:
        with transaction.atomic():
            sheet = lock_version(Sheet.objects.all(), pk, version)
            sheet.title = title
            sheet.save()
    except StaleForm:
        return False
    finally:
        connection.close()
    return True


def test_of_saves_at_the_same_moment_one_wins(sheet_table: None) -> None:
    sheet = Sheet.objects.create(title="İlk", kind="a")
    for version in range(1, 11):
        barrier = threading.Barrier(4)

        def save(title: str, barrier: threading.Barrier = barrier, version: int = version) -> bool:
            barrier.wait()
            return save_title(sheet.pk, version, title)

        with ThreadPoolExecutor(4) as people:
            saved = list(people.map(save, "abcd"))
        sheet.refresh_from_db()
        assert (saved.count(True), sheet.version) == (1, version + 1)
        assert sheet.title == "abcd"[saved.index(True)]


@pytest.mark.django_db
def test_rows_are_named_by_their_own_words() -> None:
    first, second = Permission.objects.order_by("id")[:2]
    one = forms.ModelChoiceField(Permission.objects.all())
    many = forms.ModelMultipleChoiceField(Permission.objects.order_by("id"))
    assert in_words(one, str(first.pk)) == str(first)
    assert in_words(many, [str(first.pk), str(second.pk)]) == f"{first}, {second}"
    assert in_words(one, "yok") == "yok"
