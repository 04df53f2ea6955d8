from importlib import import_module

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        import_module("records.checks")
        import_module("records.part_policies").register()
        import_module("records.file_kinds").register()
        import_module("records.notice_entries").register()
        import_module("records.consent_entries").register()
        import_module("records.notice_policies").register()
