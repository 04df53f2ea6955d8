from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "parties"

    def ready(self) -> None:
        import_module("parties.checks")
        import_module("parties.policies").register()
