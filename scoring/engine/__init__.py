"""Scoring arithmetic: exact numbers in, ranks and their working out. Standard library only, no database, no clock."""
