import pytest

from tests.imports.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()
