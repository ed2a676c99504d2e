import pytest
from django.core.cache import cache
from django.test import override_settings

from common.caching import drawn, remembered

AWAY = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/broker.sock"}
}


def test_value_is_made_once_until_the_key_changes() -> None:
    made = []
    for key in ("a", "a", "b"):
        remembered(key, lambda: made.append(1) or len(made))
    assert len(made) == 2
    assert (cache.get("a"), cache.get("b")) == (1, 2)


@pytest.mark.parametrize("times", [1, 3])
def test_a_cache_that_is_away_only_costs_time(times: int) -> None:
    with override_settings(CACHES=AWAY):
        assert [remembered("a", lambda: 7) for _ in range(times)] == [7] * times


def test_a_part_of_a_page_is_drawn_again_when_a_figure_differs() -> None:
    brand = "components/brand.html"
    assert "Balıkesir" in drawn(brand, organisation="Balıkesir")
    assert drawn(brand, organisation="Balıkesir") is drawn(brand, organisation="Balıkesir")
    assert "Balıkesir" not in drawn(brand, organisation="Şanlıurfa")
