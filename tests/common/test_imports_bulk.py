"""Writing sets: what is new, what differs, what stays, and taking it back exactly."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from common.errors import Conflict
from common.imports import undo
from common.imports.bulk import Outcome, Target, insert, remove, upsert
from common.text import sort_key, turkish_order
from projects.models import Claim
from schools.models import District, Institution, StaffMember
from tests.factories.projects import ClaimFactory
from tests.factories.schools import DistrictFactory, InstitutionFactory, ProvinceFactory, YearFactory

pytestmark = pytest.mark.django_db

NASTY = ['a"b', "a,b;c", "a\\b", "\\N", "\\.", "'; DROP TABLE x; --", "tab\tline\nend", "", "ıİşŞğĞ", "NULL", "%s"]


@pytest.fixture
def target() -> Target:
    province = ProvinceFactory()
    return Target(
        model=District,
        scope={"province_id": province.pk},
        columns=("name", "name_key"),
        key=("name_key",),
        update=("name",),
    )


def test_new_changed_and_same_rows(target: Target) -> None:
    first = upsert(target, [("Edremit", "edremit"), ("Havran", "havran")])
    assert first.outcomes == [Outcome.CREATED, Outcome.CREATED]
    second = upsert(target, [("HAVRAN", "havran"), ("Gönen", "gonen"), ("Edremit", "edremit")])
    assert second.outcomes == [Outcome.UPDATED, Outcome.CREATED, Outcome.UNCHANGED]
    assert second.ids == [first.ids[1], second.created[0], first.ids[0]]
    assert [(change.pk, change.before, change.after) for change in second.changes] == [
        (first.ids[1], ("Havran",), ("HAVRAN",))
    ]
    assert dict(District.objects.values_list("name_key", "name")) == {
        "edremit": "Edremit",
        "havran": "HAVRAN",
        "gonen": "Gönen",
    }


def test_other_scopes_are_not_seen(target: Target) -> None:
    DistrictFactory(province=YearFactory(province__plate_code=63).province, name="Edremit")
    assert upsert(target, [("Edremit", "edremit")]).outcomes == [Outcome.CREATED]
    assert District.objects.count() == 2


def test_any_text_arrives_as_it_is(target: Target) -> None:
    written = upsert(target, [(text, f"key{n}") for n, text in enumerate(NASTY)])
    assert list(District.objects.order_by("pk").values_list("name", flat=True)) == NASTY
    again = upsert(target, [(f"{text}!", f"key{n}") for n, text in enumerate(NASTY)])
    assert again.ids == written.ids
    assert list(District.objects.order_by("pk").values_list("name", flat=True)) == [f"{text}!" for text in NASTY]


def test_ids_do_not_meet_those_of_ordinary_rows(target: Target) -> None:
    first = upsert(target, [(f"A{n}", f"a{n}") for n in range(600)])
    single = DistrictFactory(name="Havran")
    second = upsert(target, [(f"B{n}", f"b{n}") for n in range(600)])
    assert len({*first.ids, single.pk, *second.ids}) == 1_201


def test_take_back_restores_and_deletes(target: Target) -> None:
    upsert(target, [("Edremit", "edremit")])
    before = list(District.objects.order_by("pk").values_list())
    written = upsert(target, [("EDREMİT", "edremit"), ("Gönen", "gonen")])
    undo.take_back(undo.unpacked(undo.packed([written])))
    assert list(District.objects.order_by("pk").values_list()) == before


def test_take_back_refuses_rows_in_use_and_changed_rows(target: Target) -> None:
    written = upsert(target, [("Gönen", "gonen")])
    school = InstitutionFactory(district=District.objects.get())
    with pytest.raises(Conflict, match="Geri alınamaz: eklenen ilçeler kullanılmış"):
        undo.take_back(undo.unpacked(undo.packed([written])))
    Institution.objects.filter(pk=school.pk).update(district=DistrictFactory(name="Havran"))
    District.objects.filter(pk=written.ids[0]).update(name="Başka")
    with pytest.raises(Conflict, match="Geri alınamaz: aktarılan ilçeler sonradan değişti"):
        undo.take_back(undo.unpacked(undo.packed([written])))
    assert District.objects.filter(pk=written.ids[0]).exists()


def test_removed_rows_come_back_under_their_ids(target: Target) -> None:
    upsert(target, [("Edremit", "edremit"), ("Havran", "havran")])
    full = Target(model=District, columns=("province_id", "name", "name_key"), key=(), update=())
    before = list(District.objects.order_by("pk").values_list())
    gone = remove(full, [before[0][0]])
    assert District.objects.count() == 1
    undo.take_back(undo.unpacked(undo.packed([gone])))
    assert list(District.objects.order_by("pk").values_list()) == before


def test_decimals_and_versions(target: Target) -> None:
    claim = ClaimFactory()
    claims = Target(
        model=Claim,
        columns=("project_id", "independent_points"),
        key=("project_id",),
        update=("independent_points",),
    )
    changed = upsert(claims, [(claim.project_id, Decimal("85.5"))])
    same = upsert(claims, [(claim.project_id, Decimal("85.50"))])
    assert (changed.outcomes, same.outcomes) == ([Outcome.UPDATED], [Outcome.UNCHANGED])
    claim.refresh_from_db()
    assert (claim.independent_points, claim.version) == (Decimal("85.50"), 2)
    undo.take_back(undo.unpacked(undo.packed([changed])))
    claim.refresh_from_db()
    assert claim.independent_points is None


def test_insert_sets_defaults(target: Target) -> None:
    province = ProvinceFactory()
    people = Target(
        model=StaffMember,
        scope={"province_id": province.pk},
        columns=("first_name", "last_name", "name_key"),
        key=(),
        update=(),
    )
    insert(people, [("Ayşe", "Öz", "ayse oz")])
    person = StaffMember.objects.get()
    assert (person.email, person.identity_kind, person.identity_digest, person.user) == ("", "tc", None, None)


def test_turkish_order_is_the_same_in_the_database_and_in_python(target: Target) -> None:
    names = (
        "Çan|Can|cam|dağ|dal|Ğ|gaz|Isparta|ıtır|İvrindi|izmir|Oya|Öykü|Şule|Sındırgı|Susurluk|Uğur|Ümit|kâr|kar|kara|Kar|"
        "Zonguldak|1. Okul|10. Okul|2. Okul|Özel Işık|Özel  Işık|a-b|a b|ab|Altıeylül|Ayvalık|Balya|Bandırma|İ|I|ı|i"
    ).split("|")
    upsert(target, [(name, f"k{n}") for n, name in enumerate(names)])
    ordered = District.objects.order_by(turkish_order("name"), "pk").values_list("name", flat=True)
    assert list(ordered) == sorted(names, key=sort_key)


@pytest.mark.postgres_only
def test_ids_when_another_session_draws_between(target: Target, monkeypatch: Any) -> None:
    from common.imports import bulk

    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE schools_district_id_seq INCREMENT BY 3")
        drawn = bulk._drawn(cursor, "schools_district_id_seq", 4)
    assert len(set(drawn)) == 4
    assert drawn[1] - drawn[0] == 3
