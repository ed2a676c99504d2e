"""Identity numbers: check digits, kinds, digests that reveal nothing, masks."""

import hashlib
import hmac
import time

import pytest
from django.test import override_settings

from common.identity import IdentityError, complete_tc, is_valid_tc, mask, parse_identities, parse_identity


@pytest.mark.parametrize("number", ["10000000146", "19191919190", complete_tc("123456789")])
def test_valid_tc(number: str) -> None:
    assert is_valid_tc(number)
    identity = parse_identity(number)
    assert identity.kind == "tc"
    assert identity.mask == f"{number[:2]}*******{number[-2:]}"
    assert len(identity.digest) == 64
    assert number not in identity.digest


@pytest.mark.parametrize(
    "number", ["10000000145", "10000000156", "01000000146", "1000000014", "１０００００００１４６", "abcdefghijk", ""]
)
def test_invalid_tc(number: str) -> None:
    assert not is_valid_tc(number)


@pytest.mark.parametrize("written", ["10000000146.0", "10000000146,00", " 10000000146 ", "100 000 001 46"])
def test_same_number_written_otherwise(written: str) -> None:
    assert parse_identity(written) == parse_identity("10000000146")


def test_foreigner_and_pupil_numbers_are_temporary() -> None:
    assert parse_identity(complete_tc("991234567")).kind == "temporary"
    assert parse_identity("G-1234567").kind == "temporary"
    assert parse_identity("g 1234567") == parse_identity("G1234567")
    assert parse_identity("yöbis00123") == parse_identity("YOBİS-00123")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1,23457E+10", "Kimlik numarası hücrede kısalmış; hücreyi metin yapıp 11 haneyi yeniden yazınız."),
        ("1.23457e10", "Kimlik numarası hücrede kısalmış; hücreyi metin yapıp 11 haneyi yeniden yazınız."),
        ("10000000147", "Kimlik numarası geçerli değil; rakamları kontrol ediniz."),
        ("1000000014", "Kimlik numarası 11 haneli olmalıdır; 10 hane yazılmış."),
        ("  ", "Kimlik numarası boş; numarayı yazınız ya da satırı siliniz."),
        ("Ali Veli", "Kimlik numarası yalnız rakamlardan oluşmalıdır."),
    ],
)
def test_refused_with_a_sentence(written: str, sentence: str) -> None:
    with pytest.raises(IdentityError) as caught:
        parse_identity(written)
    assert str(caught.value) == sentence


def test_digest_depends_on_the_key() -> None:
    plain = parse_identity("10000000146").digest
    with override_settings(IDENTITY_KEY="another"):
        assert parse_identity("10000000146").digest != plain
    assert parse_identity("10000000146").digest == plain


def test_digest_is_hmac_sha256() -> None:
    with override_settings(IDENTITY_KEY="key"):
        key = hashlib.sha256(b"bigep.identity\x00key").digest()
        expected = hmac.new(key, b"10000000146", "sha256").hexdigest()
        assert parse_identity("10000000146").digest == expected


def test_column_keeps_places_and_errors() -> None:
    good, bad, again = parse_identities(["10000000146", "x", "10000000146"])
    assert good is again
    assert good == parse_identity("10000000146")
    assert isinstance(bad, IdentityError)


def test_mask_shows_no_short_value() -> None:
    assert mask("12345678901") == "12*******01"
    assert mask("123456") == "******"


def test_twenty_thousand_in_a_blink() -> None:
    numbers = [complete_tc(str(100_000_000 + n * 7919)) for n in range(20_000)]
    best = 1.0
    for _round in range(3):
        start = time.process_time()
        parse_identities(numbers)
        best = min(best, time.process_time() - start)
    assert best < 0.5
