import json

import pytest

from awards import services
from awards.codes import new_code
from awards.models import AwardRound, Certificate
from tests.awards.commands import run
from tests.factories.awards import chain

pytestmark = pytest.mark.django_db


def test_issue_writes_each_certificate_and_the_print_file(tmp_path):
    made = chain()
    made.granted()
    number = str(AwardRound.objects.get().pk)
    code, text = run("issue_certificates", number, "--out", str(tmp_path), "--json")
    result = json.loads(text)
    assert (code, result["lists"], result["issued"]) == (0, 1, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(result["files"])
    assert len(result["files"]) == 4
    certificate = Certificate.objects.order_by("number").first()
    with certificate.file.content.open("rb") as stored:
        assert (tmp_path / certificate.file.name).read_bytes() == stored.read()
    code, text = run("issue_certificates", number, "--out", str(tmp_path), "--json")
    assert (code, json.loads(text)["issued"]) == (0, 0)


def test_issue_refuses_what_is_not_granted(tmp_path):
    made = chain()
    made.offered()
    assert run("issue_certificates", str(AwardRound.objects.get().pk), "--out", str(tmp_path)) == (1, "")
    assert run("issue_certificates", "999", "--out", str(tmp_path)) == (1, "")
    assert run("issue_certificates", "999")[0] == 2
    assert not Certificate.objects.exists()


def test_issue_lists_blanks_unless_told_otherwise(tmp_path):
    made = chain()
    made.granted(grant_number="")
    number = str(AwardRound.objects.get().pk)
    assert run("issue_certificates", number, "--out", str(tmp_path))[0] == 1
    assert run("issue_certificates", number, "--out", str(tmp_path), "--accept-blanks")[0] == 0


def test_verify_by_code_and_by_file(tmp_path):
    made = chain(("40",), names=(("Ayşe", "Yılmaz"),))
    made.issued()
    certificate = Certificate.objects.get()
    file = tmp_path / "belge.pdf"
    with certificate.file.content.open("rb") as stored:
        file.write_bytes(stored.read())
    for document in (certificate.code, certificate.text["code"], str(file)):
        code, text = run("verify_certificate", document, "--json")
        found = json.loads(text)
        assert (code, found["status"], found["holder"], found["number"]) == (
            0, "valid", "A*** Y*****", "2020-2021/10/00001",
        )  # fmt: skip
        assert found["authority"] == "Edremit Kaymakamlığı"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    code, text = run("verify_certificate", str(file), "--json")
    assert (code, json.loads(text)["status"]) == (1, "unknown")


def test_verify_says_revoked_unknown_and_wrong_use(tmp_path):
    made = chain(("40",))
    made.issued()
    certificate = Certificate.objects.get()
    services.revoke_certificate(certificate=certificate, reason="Yanlış", by=made.executive)
    code, text = run("verify_certificate", certificate.code, "--json")
    assert (code, json.loads(text)["status"]) == (1, "revoked")
    assert run("verify_certificate", new_code())[0] == 1
    assert run("verify_certificate", str(tmp_path / "yok.pdf"))[0] == 2
    assert run("verify_certificate")[0] == 2
    assert "Yanlış" not in text
