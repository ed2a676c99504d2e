"""The site as the page bench serves it: everything as in the tests, and one empty view more."""

from bigep.test_settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
