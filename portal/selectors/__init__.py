"""Reads of the portal: what waits for somebody, and what their home page shows."""

from portal.selectors.home import Home, district_glance, home_of
from portal.selectors.stat import Stat
from portal.selectors.task import Task
from portal.selectors.tasks import tasks_of

__all__ = ["Home", "Stat", "Task", "district_glance", "home_of", "tasks_of"]
