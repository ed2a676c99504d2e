"""Runs a command as the command line does: its output and its exit code."""

import io

from django.core.management import CommandError, load_command_class


def run(name, *arguments):
    """(exit code, standard output) of a command of this app."""
    command = load_command_class("awards", name)
    command._called_from_command_line = True
    out = io.StringIO()
    try:
        options = vars(command.create_parser("manage.py", name).parse_args(arguments))
        command.execute(*options.pop("args", ()), **options | {"stdout": out, "stderr": io.StringIO()})
    except CommandError as error:
        return error.returncode, out.getvalue()
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()
