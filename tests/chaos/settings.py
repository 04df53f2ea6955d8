"""The product's settings and one mistake: for campaigns that must not end well (tests.chaos)."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as SHIPPED

INSTALLED_APPS = [*SHIPPED, "tests.chaos.apps.MistakeConfig"]
