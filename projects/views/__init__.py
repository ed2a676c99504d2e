"""Doors to projects: the school's pages, its files and team, and the technical team's review."""
