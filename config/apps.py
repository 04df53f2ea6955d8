from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        import_module("config.checks")
        # workflow.nudge publishes through Celery's current app: ours, in every process.
        import_module("config.celery")
