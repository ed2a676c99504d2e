"""Project points of teachers worked out a second time, by other means: the published figures as they stand in the
source's table, rows read by plain SQL, fractions, and counting how many are better. Shares no code with ``scoring``.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

from django.db import connection

ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
CATEGORIES = {
    "preschool": "Okul öncesi",
    "primary": "İlkokul",
    "middle": "Ortaokul",
    "high": "Lise",
    "project_high": "Proje lise",
    "special": "Özel eğitim",
    "provincial": "İl MEM'e bağlı kurum",
}


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def price_list():
    source = Path(__file__).resolve().parents[2] / "fixtures" / "points.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        return {row["item_code"]: row for row in csv.DictReader(lines)}


def claim_worth(claim, prices):
    price = prices[claim["code"]]
    if price["note"] == "independent":
        base = Fraction(str(claim["independent_points"])) if claim["independent_points"] is not None else Fraction(0)
    else:
        base = Fraction(price[f"{claim['stage']}_points"] or 0)
    return base * Fraction(price["coefficient_percent"]) / 100


def project_worth(claims, prices, mode):
    """(points, programme) of one project's approved claims."""
    for ladder in ("competition", "olympiad"):
        steps = {}
        for claim in claims:
            note = prices[claim["code"]]["note"]
            if note.startswith(f"ladder:{ladder}:"):
                steps.setdefault(int(note[-1]), []).append(claim)
        for lower in sorted(steps)[:-1]:
            claims = [claim for claim in claims if claim not in steps[lower]]
    codes = list(prices)
    worths = sorted(
        (claim_worth(claim, prices), claim["stage"] == "success", codes.index(claim["code"])) for claim in claims
    )
    best, best_is_success, code = worths[-1]
    points = best
    if mode == "sum":
        others = [worth for worth, is_success, _code in worths if is_success != best_is_success]
        points += max(others, default=Fraction(0))
    return points, prices[codes[code]]["programme_code"]


def teacher_values(year_id, settings):
    """Exact points of each teacher, by staff key."""
    prices = price_list()
    caps = {row["programme_code"]: Fraction(row["coefficient_percent"]) for row in prices.values()}
    claims = sql(
        "SELECT c.project_id, c.stage, c.independent_points, i.code FROM projects_claim c"
        " JOIN projects_project p ON p.id = c.project_id JOIN projects_programmeitem i ON i.id = c.item_id"
        " WHERE p.year_id = %s AND c.status = 'approved'",
        year_id,
    )
    members = sql(
        "SELECT t.project_id, t.staff_id FROM projects_teamteacher t JOIN projects_project p ON p.id = t.project_id"
        " WHERE p.year_id = %s",
        year_id,
    )
    gained = {}
    for project in {claim["project_id"] for claim in claims}:
        own = [claim for claim in claims if claim["project_id"] == project]
        points, programme = project_worth(own, prices, settings["project_points"])
        team = [member["staff_id"] for member in members if member["project_id"] == project]
        for teacher in team:
            share = points / len(team) if settings["team_share"] == "split" else points
            gained.setdefault(teacher, {}).setdefault(programme, []).append(share)
    result = {}
    for teacher, programmes in gained.items():
        if settings["project_sum"] == "best_per_programme":
            result[teacher] = sum(max(shares) for shares in programmes.values())
        elif settings["project_sum"] == "capped_per_programme":
            result[teacher] = sum(min(sum(shares), caps[programme]) for programme, shares in programmes.items())
        else:
            result[teacher] = sum(sum(shares) for shares in programmes.values())
    return result


def letters(text):
    lowered = text.replace("I", "ı").replace("İ", "i").lower()
    return [ALPHABET.index(letter) if letter in ALPHABET else -1 for letter in lowered]


def four_decimals(value):
    """Half up, by whole numbers."""
    scaled = (value.numerator * 20000 + value.denominator) // (2 * value.denominator)
    return f"{scaled // 10000}.{scaled % 10000:04}"


def ranking(year_id, settings, partition, top=None):
    """The rows that ``rank teacher_project_points`` has to print, in order, as dictionaries of text and ranks."""
    values = teacher_values(year_id, settings)
    people = sql(
        "SELECT s.id, s.first_name, s.last_name, d.name AS district, iy.category, i.code AS institution,"
        " pr.name AS province FROM schools_staffmember s"
        " JOIN schools_posting p ON p.staff_id = s.id JOIN schools_institution i ON i.id = p.institution_id"
        " JOIN schools_institutionyear iy ON iy.institution_id = i.id AND iy.year_id = p.year_id"
        " JOIN schools_district d ON d.id = i.district_id JOIN schools_province pr ON pr.id = i.province_id"
        " WHERE p.year_id = %s",
        year_id,
    )
    people = [person for person in people if values.get(person["id"], 0) > 0]
    rows = []
    for person in people:
        peers = [peer for peer in people if all(peer[part] == person[part] for part in partition)]
        rank = 1 + sum(values[peer["id"]] > values[person["id"]] for peer in peers)
        if top is not None and rank > top:
            continue
        order = [
            list(CATEGORIES).index(person[part])
            if part == "category"
            else letters(person[part])
            if part != "institution"
            else person[part]
            for part in partition
        ]
        row = {part: CATEGORIES[person[part]] if part == "category" else person[part] for part in partition}
        row |= {
            "rank": rank,
            "holder_id": str(person["id"]),
            "holder": f"{person['first_name']} {person['last_name']}",
            "value": four_decimals(values[person["id"]]),
        }
        rows.append(((order, rank, letters(person["first_name"]), letters(person["last_name"]), person["id"]), row))
    return [row for _key, row in sorted(rows, key=lambda pair: pair[0])]
