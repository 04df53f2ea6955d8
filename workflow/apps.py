from importlib import import_module

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"

    def ready(self) -> None:
        """Fill the registries (handlers, policies, the file) and the start-up checks."""
        import_module("workflow.handlers")
        import_module("workflow.checks")
        import_module("workflow.family_walls").register()
        import_module("workflow.policies").register()
        import_module("workflow.case_row_policies").register()
        import_module("workflow.meeting_policies").register()
        import_module("workflow.case_entries").register()
        import_module("workflow.matter_entries").register()
        import_module("workflow.meeting_entries").register()
        import_module("workflow.plan_part_policies").register()
        import_module("workflow.report_wording_policies").register()
        import_module("workflow.plan_entries").register()
