"""Doors to units, people, commissions and settings of the year."""
