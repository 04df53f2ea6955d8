"""Runs BPMN. Nothing outside this package imports SpiffWorkflow, so it can be replaced here.

`runtime.start` and `runtime.advance` step a process until only people, time or events can move it
on, and return facts (`Outcome`); what those facts mean for a case is decided by the caller.
"""

# ruff: noqa: E402 -- SpiffWorkflow is corrected before anything here uses it
from workflow.engine import corrections

corrections.apply()

from workflow.engine.outcomes import EngineEvent, OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

__all__ = ["EngineEvent", "OpenTask", "Outcome", "StepContext", "service_task"]
