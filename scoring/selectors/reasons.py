"""Why a holder's place or value differs between two runs, in sentences, from the workings of both rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from scoring.engine.exact import exact, turkish
from scoring.models import RankingRow

Evidence = Mapping[str, Any]


def group_label(row: RankingRow) -> str:
    """The row's group in words, a school by its name: "Edremit / Lise"."""
    parts = row.evidence.get("partition", {})
    if "institution" not in parts:
        return str(row.evidence.get("group", ""))
    named = parts | {"institution": row.evidence.get("institution", "")}
    return " / ".join(named.values())


def reasons_between(before: RankingRow | None, after: RankingRow | None) -> list[str]:
    """Sentences that say what in the working differs; without any, others moved around the holder."""
    old, new = (row.evidence if row else {} for row in (before, after))
    reasons = []
    if before and after and before.partition_key != after.partition_key:
        reasons.append(
            _("%(old)s grubundan %(new)s grubuna geçti.") % {"old": group_label(before), "new": group_label(after)}
        )
    if old and new:
        reasons += _frame_reasons(old, new)
        reasons += _exam_reasons(old, new)
        reasons += _student_reasons(old, new)
        reasons += _use_reasons(old, new)
    reasons += _project_reasons(_projects(old), _projects(new))
    if not reasons and not before:
        reasons.append(_("Önceki hesapta sıralanacak bir değeri yoktu."))
    if not reasons and not after:
        reasons.append(
            _("Artık sıralanmıyor: verisi kalmadı, değeri 0 ya da altında, ya da bu yıl sıralanacağı bir yeri yok.")
        )
    if not reasons and before and after and before.value_exact == after.value_exact:
        reasons.append(_("Kendi değeri değişmedi; grubundaki başka değerler değişti."))
    return reasons


def _frame_reasons(old: Evidence, new: Evidence) -> list[str]:
    reasons = []
    if "exam" not in new and old.get("version") != new.get("version"):
        words = _("Ölçüt tablosunun") if "platform" in new else _("Puan tablosunun")
        reasons.append(
            _("%(table)s %(old)s. sürümü yerine %(new)s. sürümü kullanıldı.")
            % {"table": words, "old": old.get("version"), "new": new.get("version")}
        )
    if old.get("rules") != new.get("rules"):
        reasons.append(_("Yılın hesaplama ayarları değişti."))
    return reasons


def _exam_reasons(old: Evidence, new: Evidence) -> list[str]:
    """Of each exam that both read: another version, another mean, another size of the group."""
    reasons = []
    earlier = {exam["exam"]: exam for exam in _exams(old)}
    for exam in _exams(new):
        known = earlier.get(exam["exam"])
        if known is None:
            reasons.append(_("%(exam)s sonuçları okundu.") % {"exam": exam["exam"]})
        elif _mean(known) != _mean(exam):
            reasons.append(
                _("%(exam)s: %(old)s iken %(new)s oldu.")
                % {"exam": exam["exam"], "old": _mean_words(known), "new": _mean_words(exam)}
            )
    return reasons


def _exams(evidence: Evidence) -> list[Evidence]:
    return list(evidence.get("years", []))


def _mean(exam: Evidence) -> tuple[Any, Any]:
    return exam.get("mean"), exam.get("students")


def _mean_words(exam: Evidence) -> str:
    return _("%(students)s öğrencinin ortalaması %(mean)s") % {
        "students": exam.get("students"),
        "mean": exam.get("shown"),
    }


def _student_reasons(old: Evidence, new: Evidence) -> list[str]:
    """What differs in a student's own result: subjects, score, ranks."""
    reasons = []
    earlier = {subject["subject"]: subject for subject in old.get("subjects", [])}
    for subject in new.get("subjects", []):
        known = earlier.get(subject["subject"], {})
        if _answers(known) != _answers(subject):
            reasons.append(
                _("%(subject)s: %(old)s iken %(new)s oldu.")
                % {"subject": subject["subject"], "old": _answers(known), "new": _answers(subject)}
            )
    labels = {"score": _("Puan"), "national_rank": _("Genel Sıra"), "province_rank": _("İl Sırası")}
    for key, label in labels.items():
        if key in new and old.get(key) != new[key]:
            reasons.append(
                _("%(label)s %(old)s iken %(new)s oldu.")
                % {"label": label, "old": _number(old.get(key)), "new": _number(new[key])}
            )
    return reasons


def _answers(subject: Evidence) -> str:
    if not subject.get("taken"):
        return _("girmedi")
    return _("%(correct)s doğru %(wrong)s yanlış") % subject


def _number(value: Any) -> str:
    return _("yok") if value is None else turkish(exact(value))


def _use_reasons(old: Evidence, new: Evidence) -> list[str]:
    """Of each criterion of EBA use what counts now and before, by term."""
    reasons = []
    earlier = _criteria(old)
    for key, row in _criteria(new).items():
        known = earlier.get(key)
        if known is None or known["working"] != row["working"]:
            reasons.append(
                _("%(term)s. dönem, %(criterion)s: %(old)s yerine %(new)s.")
                % {
                    "term": key[0],
                    "criterion": key[1],
                    "old": known["working"] if known else _("kayıt yok"),
                    "new": row["working"],
                }
            )
    reasons += [
        _("%(term)s. dönem, %(criterion)s: kayıt kalmadı.") % {"term": term, "criterion": criterion}
        for term, criterion in earlier
        if (term, criterion) not in _criteria(new)
    ]
    if "records" in new and (old.get("sum"), old.get("records")) != (new.get("sum"), new["records"]):
        reasons.append(
            _("Personelin toplamı %(old)s iken %(new)s oldu (kaydı bulunan: %(count)s).")
            % {"old": _number(old.get("sum")), "new": _number(new.get("sum")), "count": new["records"]}
        )
    return reasons


def _criteria(evidence: Evidence) -> dict[tuple[Any, str], Evidence]:
    terms = evidence.get("terms") or [evidence]
    return {(term.get("term"), row["criterion"]): row for term in terms for row in term.get("criteria", [])}


def _projects(evidence: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    return {project["id"]: project for project in evidence.get("projects", [])}


def _project_reasons(old: Mapping[int, Mapping[str, Any]], new: Mapping[int, Mapping[str, Any]]) -> list[str]:
    reasons = []
    for key, project in new.items():
        share = turkish(exact(project["share"]))
        if key not in old:
            reasons.append(_("“%(title)s” projesi eklendi: %(new)s puan.") % {"title": project["title"], "new": share})
        elif old[key]["share"] != project["share"]:
            reasons.append(
                _("“%(title)s” projesinin puanı %(old)s iken %(new)s oldu.")
                % {"title": project["title"], "old": turkish(exact(old[key]["share"])), "new": share}
            )
    reasons += [
        _("“%(title)s” projesi artık sayılmıyor.") % {"title": old[key]["title"]} for key in old if key not in new
    ]
    return reasons
