"""The engine against a calculation written differently: walk down each ranking, one rank at a time."""

import random

import pytest

from awards.precedence import Candidate, Outcome, Partition, Place, Rule, award, parse_take

DOCUMENTS = ("Başarı Belgesi", "ödül", "öneri", "maddi ödül")
GROUPS = ("teacher", "manager")


def ranked(values):
    """(person, value) -> candidates with competition ranks."""
    return tuple(Candidate(person, 1 + sum(other > value for _p, other in values)) for person, value in values)


def random_case(seed):
    plan = random.Random(seed)
    rules = []
    for order in range(plan.randint(1, 6)):
        partitions = []
        for number in range(plan.randint(1, 4)):
            people = plan.sample(range(30), plan.randint(0, 12))
            values = [(person, plan.choice((1, 2, 3, 5, 8))) for person in people]
            plan.shuffle(values)
            partitions.append(
                Partition(
                    key=f"{order}-{number}",
                    place=plan.choice(list(Place)),
                    order=(plan.choice("çcıi"), number),
                    candidates=ranked(values),
                )
            )
        plan.shuffle(partitions)
        rules.append(
            Rule(
                code=f"R{order}",
                group=plan.choice(GROUPS),
                document=plan.choice(DOCUMENTS),
                order=order,
                take=plan.choice((1, 2, 3, 3, None)),
                partitions=tuple(partitions),
            )
        )
    taken = {(plan.choice(GROUPS), person): "OLD" for person in plan.sample(range(30), plan.randint(0, 6))}
    struck = {(f"R{plan.randrange(6)}", person) for person in plan.sample(range(30), plan.randint(0, 4))}
    return rules, taken, struck, plan.random() < 0.5


def expected(rules, taken, struck, backfill):
    """Independent: (rule, partition, person) -> (outcome, passed over for, tied at cut)."""
    holders = dict(taken)
    answer = {}
    achievement = [rule for rule in rules if rule.document == "Başarı Belgesi"]
    others = [rule for rule in rules if rule.document != "Başarı Belgesi"]
    for rule in sorted(achievement, key=lambda r: r.order) + sorted(others, key=lambda r: r.order):
        for place in (Place.PROVINCE, Place.DISTRICT, Place.SCHOOL):
            for part in sorted((p for p in rule.partitions if p.place == place), key=lambda p: (p.order, p.key)):
                winners, tie = walk(rule, part, holders, struck, backfill, answer)
                for person in winners:
                    answer[rule.code, part.key, person] = (
                        "proposed" if rule.document == "öneri" else "awarded",
                        "",
                        person in tie,
                    )
                    if rule.document != "öneri":
                        holders[rule.group, person] = rule.code
    return answer


def walk(rule, part, holders, struck, backfill, answer):
    winners, places, tie = [], 0, set()
    limit = rule.take if rule.take is not None else 10**6
    for rank in sorted({candidate.rank for candidate in part.candidates}):
        if (places if backfill else rank - 1) >= limit:
            break
        here = [c.person for c in part.candidates if c.rank == rank and (rule.code, c.person) not in struck]
        has = {p for p in here if rule.document != "öneri" and (rule.group, p) in holders}
        for person in has:
            answer[rule.code, part.key, person] = ("passed_over", holders[rule.group, person], False)
        free = [p for p in here if p not in has]
        counted = free if backfill else here
        tie = set(free) if places + len(counted) > limit else set()
        places += len(counted)
        winners += free
    return winners, tie


@pytest.mark.parametrize("batch", range(20))
def test_engine_agrees_with_the_independent_walk(batch):
    seen = set()
    for seed in range(batch * 50, batch * 50 + 50):
        rules, taken, struck, backfill = random_case(seed)
        found = award(rules, taken=taken, struck=struck, backfill=backfill)
        answer = {(r.rule, r.partition, r.person): (r.outcome.value, r.passed_over_for, r.tied_at_cut) for r in found}
        assert len(answer) == len(found)
        assert answer == expected(rules, taken, struck, backfill), (seed, backfill)
        shuffled = random.Random(seed).sample(rules, len(rules))
        assert award(shuffled, taken=taken, struck=struck, backfill=backfill) == found
        seen.update((outcome, tied) for outcome, _rule, tied in answer.values())
    assert {("awarded", True), ("awarded", False), ("passed_over", False), ("proposed", False)} <= seen


def one_rule(code, values, *, take=3, order=1, document="Başarı Belgesi", place=Place.DISTRICT, key="Edremit"):
    part = Partition(key=key, place=place, order=(key,), candidates=ranked(values))
    return Rule(code, "teacher", document, order, take, (part,))


def outcomes(results):
    return [(r.person, r.rank, r.outcome, r.passed_over_for) for r in results]


def test_backfill_ranks_the_others_again():
    rule = one_rule("T-PR-1", [("a", 9), ("b", 8), ("c", 7), ("d", 6)])
    taken = {("teacher", "b"): "T-AC-3"}
    assert outcomes(award([rule], taken=taken, backfill=True)) == [
        ("a", 1, Outcome.AWARDED, ""),
        ("b", 2, Outcome.PASSED_OVER, "T-AC-3"),
        ("c", 3, Outcome.AWARDED, ""),
        ("d", 4, Outcome.AWARDED, ""),
    ]


def test_without_backfill_the_place_stays_empty():
    rule = one_rule("T-PR-1", [("a", 9), ("b", 8), ("c", 7), ("d", 6)])
    found = award([rule], taken={("teacher", "b"): "T-AC-3"}, backfill=False)
    assert [r.person for r in found if r.outcome is Outcome.AWARDED] == ["a", "c"]


def test_an_award_in_another_group_does_not_count():
    rule = one_rule("T-PR-1", [("a", 9)])
    assert outcomes(award([rule], taken={("manager", "a"): "M-AC-1"}, backfill=True)) == [("a", 1, Outcome.AWARDED, "")]


def test_a_struck_name_never_comes_back():
    rule = one_rule("T-PR-1", [("a", 9), ("b", 8)], take=1)
    for backfill, winners in ((True, ["b"]), (False, [])):
        found = award([rule], struck={("T-PR-1", "a")}, backfill=backfill)
        assert [r.person for r in found] == winners


def test_achievement_documents_come_before_catalogue_order():
    first = one_rule("PRIZE", [("a", 9), ("b", 1)], take=1, order=1, document="ödül")
    second = one_rule("T-PR-1", [("a", 9)], take=1, order=2)
    found = award([first, second], backfill=True)
    assert [(r.rule, r.person, r.outcome.value, r.passed_over_for) for r in found] == [
        ("T-PR-1", "a", "awarded", ""),
        ("PRIZE", "a", "passed_over", "T-PR-1"),
        ("PRIZE", "b", "awarded", ""),
    ]


def test_a_wider_partition_takes_first():
    wide = Partition("province", Place.PROVINCE, ("x",), (Candidate("a", 1),))
    narrow = Partition("district", Place.DISTRICT, ("a",), (Candidate("a", 1), Candidate("b", 2)))
    rule = Rule("T-AC-1", "teacher", "ödül", 1, 1, (narrow, wide))
    assert [(r.partition, r.person, r.outcome.value) for r in award([rule], backfill=True)] == [
        ("province", "a", "awarded"),
        ("district", "a", "passed_over"),
        ("district", "b", "awarded"),
    ]


def test_a_proposal_takes_nobody():
    proposal = one_rule("T-EB-1", [("a", 9)], document="öneri", order=1)
    prize = one_rule("T-EB-2", [("a", 9)], document="ödül", order=2)
    assert [r.outcome.value for r in award([proposal, prize], backfill=True)] == ["proposed", "awarded"]


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("1", 1), ("all", None), ("all in tier", None), ("3 schools", 3)]
)
def test_take_is_read_from_the_catalogue(text, number):
    assert parse_take(text) == number


def test_take_that_a_board_decides_is_not_computed():
    with pytest.raises(ValueError, match="board decides"):
        parse_take("board decides")
