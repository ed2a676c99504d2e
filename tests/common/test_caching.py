import pytest
from django.core.cache import cache, caches
from django.test import override_settings

from common.caching import ANSWERS, drawn, remembered, remembered_answer

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
        assert [remembered_answer("a", "?x=1", lambda: 7) for _ in range(times)] == [7] * times


def test_an_answer_is_made_once_for_what_is_asked_and_for_whom() -> None:
    made: list[str] = []

    def answer(place: str, asked: str) -> str:
        return remembered_answer(place, asked, lambda: made.append(f"{place}{asked}") or made[-1])

    given = [answer(*question) for question in (("me", "?x=1"), ("me", "?x=1"), ("you", "?x=1"))]
    assert given == ["me?x=1", "me?x=1", "you?x=1"]
    assert len(made) == 2


def test_made_up_addresses_fill_no_cache() -> None:
    for number in range(300):
        assert remembered_answer("page", f"?x={number}", lambda answer=number: answer) == number
    assert len(caches["default"]._cache) == ANSWERS


def test_a_part_of_a_page_is_drawn_again_when_a_figure_differs() -> None:
    brand = "components/brand.html"
    assert "Balıkesir" in drawn(brand, organisation="Balıkesir")
    assert drawn(brand, organisation="Balıkesir") is drawn(brand, organisation="Balıkesir")
    assert "Balıkesir" not in drawn(brand, organisation="Şanlıurfa")
