"""Places of the districts on a tile map: one square each, roughly where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 6
TILE = 104
GAP = 6

PLACES: dict[int, dict[str, tuple[int, int]]] = {
    10: {
        "Marmara": (2, 0),
        "Erdek": (2, 1),
        "Bandırma": (3, 1),
        "Gönen": (1, 2),
        "Manyas": (2, 2),
        "Susurluk": (3, 2),
        "Edremit": (0, 3),
        "Havran": (1, 3),
        "Balya": (2, 3),
        "Karesi": (3, 3),
        "Kepsut": (4, 3),
        "Dursunbey": (5, 3),
        "Burhaniye": (0, 4),
        "Gömeç": (1, 4),
        "İvrindi": (2, 4),
        "Altıeylül": (3, 4),
        "Bigadiç": (4, 4),
        "Ayvalık": (0, 5),
        "Savaştepe": (3, 5),
        "Sındırgı": (4, 5),
    }
}


@dataclass(frozen=True)
class Tile:
    """A district's square: place in drawing units, ``share`` in whole percent or None, ``level`` 0-4 for its tint."""

    name: str
    x: int
    y: int
    share: int | None
    level: int
    waiting: int

    @property
    def middle(self) -> int:
        return self.x + TILE // 2

    @property
    def lines(self) -> tuple[int, int, int]:
        return self.y + 30, self.y + 62, self.y + 86


def tile_map(plate_code: int, districts: Sequence[tuple[str, int, int, int]]) -> tuple[list[Tile], int, int]:
    """Tiles, width and height of a province's map.

    ``districts``: name, institutions, institutions with an approved project, claims waiting; in the order in which a
    province without a map of its own is laid out, row by row.
    """
    places = PLACES.get(plate_code, {})
    tiles = []
    for number, (name, institutions, active, waiting) in enumerate(districts):
        column, row = places.get(name, (number % COLUMNS, number // COLUMNS))
        share = active * 100 // institutions if institutions else None
        level = 0 if share is None else min(4, share // 20)
        tiles.append(Tile(name, column * (TILE + GAP), row * (TILE + GAP), share, level, waiting))
    rows = max((tile.y for tile in tiles), default=0) + TILE
    return tiles, COLUMNS * (TILE + GAP) - GAP + 2, rows + 2
