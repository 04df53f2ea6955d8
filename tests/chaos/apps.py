"""Makes the mistake that CHAOS_MUTANT names, in every process of a campaign, once all is loaded."""

import os
from importlib import import_module

from django.apps import AppConfig

VARIABLE = "CHAOS_MUTANT"


class MistakeConfig(AppConfig):
    name = "tests.chaos"
    label = "chaos_mistake"

    def ready(self) -> None:
        # The mistakes patch modules of the product, which exist only now.
        mistakes = import_module("tests.chaos.mistakes")
        getattr(mistakes, os.environ[VARIABLE])()
