from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        """Say who sees what of the file."""
        import_module("records.notice_policies").register()
