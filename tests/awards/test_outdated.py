"""Lists that stand on a ranking whose sources have a newer version."""

import pytest
from django.urls import reverse

from scoring.models import PointsTable
from tests.factories.awards import chain

pytestmark = pytest.mark.django_db


def page(client, user, name, *arguments):
    client.force_login(user)
    return " ".join(client.get(reverse(f"awards:{name}", args=arguments)).content.decode().split())


def test_a_list_says_that_a_newer_version_is_in_force(client):
    made = chain()
    made.compute()
    award_list = made.list()
    number = award_list.round_id
    assert "Yeni sürüm var" not in page(client, made.executive, "round", number)
    assert "Şimdi hesaplansa" not in page(client, made.executive, "list", award_list.pk)
    old = PointsTable.objects.get(year=made.year, status="approved")
    PointsTable.objects.filter(pk=old.pk).update(status="superseded")
    PointsTable.objects.create(year=made.year, version=old.version + 1, status="approved")
    assert "Yeni sürüm var" in page(client, made.executive, "round", number)
    shown = page(client, made.executive, "list", award_list.pk)
    assert "Bu sıralama puan tablosunun 1. sürümüyle hesaplandı; 2. sürüm yürürlükte." in shown
    assert reverse("scoring:what_if", args=[award_list.run_id]) in shown
    assert "Karara bağla" in shown
