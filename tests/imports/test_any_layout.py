"""One table in the layouts of many offices: whatever the letters, separators, titles and cells, the same results."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common.text import turkish_lower, turkish_upper
from tests.common.sending import import_table
from tests.imports.files import DOT, NBSP, book, csv, html, ods
from tests.imports.old_workbooks import xls, xlsb
from tests.imports.world import GRADES, TC, World, results

HEAD = ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Matematik D", "Matematik Y", "Puan"]
NOT_TAKEN = ("", "G", "GİRMEDİ", "girmedi", "YOK", "-", f"GI{DOT}RMEDI{DOT}")
TITLES = (["BALIKESİR İL MİLLÎ EĞİTİM MÜDÜRLÜĞÜ"], [], ["LGS Sonuçları", "", "2021"], ["Şube: 8/A"])
ENDS = (["TOPLAM", "1"], [], ["", "", "Sayfa 1/1"], ["GENEL TOPLAM", "2", "2", "2"], ["ORTALAMA", "7,5"])

CONTAINERS: dict[str, Callable[[Any], bytes]] = {
    "xlsx": book,
    "xls": xls,
    "xlsb": xlsb,
    "ods": ods,
    "htm": html,
    "csv": lambda rows: csv(rows, encoding="utf-8-sig"),
    "tsv": lambda rows: csv(rows, separator="\t", encoding="cp1254", line="\n"),
    "txt": lambda rows: csv(rows, separator="\t", encoding="utf-16", quoted=True),
}


def written(number: Any, chance: random.Random) -> Any:
    """A number as one of the programs writes it."""
    if isinstance(number, Decimal):
        return chance.choice(
            [float(number), f"{number}".replace(".", ","), f"{number}", f" {number}".replace(".", ",")]
        )
    return chance.choice([number, str(number), f"{number}.0", f"{number} ", f"{NBSP}{number}", float(number)])


def as_text(rows: list[list[Any]]) -> list[list[Any]]:
    """What is left of number cells where a format has none."""
    return [[str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in rows]


@pytest.mark.parametrize("seed", range(24))
def test_the_same_results_come_out_of_every_layout(world: World, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ending = sorted(CONTAINERS)[seed % len(CONTAINERS)]
    absent = NOT_TAKEN[:-1] if ending in ("htm", "tsv") else NOT_TAKEN
    expected, body = {}, []
    for n in chance.sample(sorted(GRADES), 4):
        answers = [
            None if chance.random() < 0.2 else (right, chance.randint(0, 20 - right))
            for right in (chance.randint(0, 20), chance.randint(0, 20))
        ]
        score = Decimal(chance.randint(1_000_000, 5_000_000)).scaleb(-4)
        expected[n] = (*answers, score)
        cells = [
            cell
            for pair in answers
            for cell in ([written(each, chance) for each in pair] if pair else chance.choices(absent, k=2))
        ]
        body.append([written(int(TC[n]), chance), *cells, written(score, chance)])
    head = [chance.choice([str, turkish_upper, turkish_lower])(text) for text in HEAD]
    order = chance.sample(range(6), 6)
    rows = [[row[place] for place in order] for row in [head, *body]]
    for place in range(chance.randint(0, 2)):
        rows.insert(chance.randint(1, len(rows)), rows[0] if place else [])
    rows = [*chance.sample(TITLES, chance.randint(0, 4)), *rows, *chance.sample(ENDS, chance.randint(0, 3))]
    path = tmp_path / f"liste.{ending}"
    path.write_bytes(CONTAINERS[ending](rows if ending in ("xlsx", "xls", "xlsb", "ods") else as_text(rows)))
    answer, code = import_table("exam_results", path, "--exam", "LGS-2021")
    assert (answer["errors"], code, answer["created"]) == ([], 0, 4), rows
    assert results() == expected
