"""Two people send the same file at the same moment."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from common.identity import complete_tc
from common.imports.kinds import Scope
from common.imports.services import import_path
from schools.models import Posting, StaffMember
from tests.common.sending import write_csv
from tests.factories.schools import InstitutionFactory

HEADER = "T.C. Kimlik No;Ad;Soyad;Unvan;Kurum Kodu"
ROWS = 300


@pytest.mark.django_db(transaction=True)
def test_same_file_twice_at_once_writes_once(tmp_path: Path) -> None:
    InstitutionFactory(code="712345")
    rows = [[complete_tc(str(300_000_000 + n)), f"Ad{n}", "Öz", "Öğretmen", "712345"] for n in range(ROWS)]
    path = write_csv(tmp_path / "a.csv", HEADER, *rows)
    start = threading.Barrier(2)
    seen: list[tuple[int, int]] = []

    def send() -> None:
        try:
            start.wait()
            counts = import_path(kind="staff", scope=Scope(10, "2020-2021"), path=path).counts
            seen.append((counts.created, counts.unchanged))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [(0, ROWS), (ROWS, 0)]
    assert (StaffMember.objects.count(), Posting.objects.count()) == (ROWS, ROWS)
