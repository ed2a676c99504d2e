"""Runs the measurements bench/bench_*.py on an empty database: `python -m bench [name ...]`.

Each module has `run(report)` and may use the test database that is made here and dropped at the end.
"""

import importlib
import os
import sys
import time
import traceback
from pathlib import Path

from bench.report import Report


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bigep.test_settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    names = sys.argv[1:] or found
    unknown = set(names) - set(found)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}; there is: {', '.join(found)}", file=sys.stderr)
        return 2
    print(f"Measured on {connection.vendor}, {os.cpu_count()} cores", flush=True)
    settings_name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    report, failed = Report(), False
    try:
        for name in names:
            began = time.monotonic()
            call_command("flush", interactive=False, verbosity=0)
            try:
                importlib.import_module(f"bench.bench_{name}").run(report)
            except Exception:
                failed = True
                print(f"{name} FAILED", flush=True)
                traceback.print_exc()
            print(f"-- {name}: {time.monotonic() - began:.0f} s in all", flush=True)
    finally:
        connection.creation.destroy_test_db(settings_name, verbosity=0)
    report.print_summary()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
