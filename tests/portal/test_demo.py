import hashlib
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count

from common.errors import UserError
from common.identity import Identity
from portal.demo.build import build_demo
from portal.demo.people import identities
from portal.demo.sizes import CATEGORY_WEIGHTS, DISTRICT_WEIGHTS, SIZES, shares
from projects.models import Claim, Project
from projects.workflow import project_status
from schools.models import Enrolment, Institution, Posting, Seat, StaffMember

pytestmark = pytest.mark.django_db


def fingerprint() -> str:
    """Everything that a reader could notice of a demo, without row numbers."""
    digest = hashlib.sha256()
    for rows in (
        Institution.objects.order_by("code").values_list("code", "name", "district__name"),
        Posting.objects.order_by("staff__identity_digest").values_list(
            "staff__identity_mask", "staff__name_key", "institution__code", "title", "branch", "employment"
        ),
        Enrolment.objects.order_by("student__identity_digest").values_list(
            "student__name_key", "institution__code", "grade", "section_name"
        ),
        Project.objects.order_by("institution__code", "title_key").values_list(
            "institution__code", "title", "item__code", "status", "created_at"
        ),
        Claim.objects.order_by("project__institution__code", "project__title_key", "item__code", "stage").values_list(
            "item__code", "stage", "status", "submitted_at", "decided_at", "independent_points"
        ),
    ):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


@pytest.mark.django_db(transaction=True)
def test_same_seed_gives_the_same_school_and_another_seed_another() -> None:
    prints = []
    for seed in (7, 7, 8):
        call_command("flush", interactive=False, verbosity=0)
        build_demo(size="school", seed=seed)
        prints.append(fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_counts_are_those_of_the_size() -> None:
    size = SIZES["school"]
    counts = build_demo(size="school", seed=1)
    assert counts == {
        "institutions": size.institutions,
        "staff": size.staff,
        "students": size.students,
        "projects": size.projects,
    }
    officers = 5 + 5 + 2 * 4 + 1 + 20 * 4
    assert StaffMember.objects.count() == size.staff + officers
    assert Seat.objects.filter(commission__kind="executive", role="chair", signs_as="Vali").count() == 1
    stale = [
        project.pk
        for project in Project.objects.prefetch_related("claims")
        if project.status != project_status(claim.status for claim in project.claims.all())
    ]
    assert stale == []
    assert not Project.objects.annotate(team=Count("team_teachers")).filter(team=0).exists()


def test_a_database_with_institutions_is_left_alone() -> None:
    build_demo(size="school", seed=1)
    before = fingerprint()
    with pytest.raises(UserError, match="boş veri tabanına"):
        build_demo(size="school", seed=2)
    assert fingerprint() == before


def test_sizes_of_the_province_are_those_of_balikesir() -> None:
    province = SIZES["province"]
    assert (province.institutions, province.staff, province.students, province.projects) == (
        1_054,
        17_765,
        196_628,
        8_000,
    )
    assert len(province.districts) == len(DISTRICT_WEIGHTS) == 20
    assert sum(CATEGORY_WEIGHTS.values()) == 1_054


@pytest.mark.parametrize(
    ("total", "weights", "least", "expected"),
    [
        (10, [1, 1, 1], 0, [4, 3, 3]),
        (10, [3, 0, 2], 1, [6, 0, 4]),
        (0, [5, 5], 0, [0, 0]),
        (7, [100, 1], 2, [5, 2]),
    ],
)
def test_shares_add_up(total, weights, least, expected) -> None:
    assert shares(total, weights, least=least) == expected


def test_identity_numbers_are_valid_and_different() -> None:
    made = list(identities(500, Random(3)))
    assert all(isinstance(one, Identity) and one.kind == "tc" for one in made)
    assert len({one.digest for one in made}) == 500
