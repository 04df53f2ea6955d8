"""Runs BPMN. Nothing outside this package imports SpiffWorkflow, so it can be replaced here.

`start` and `advance` step a process until only people, time or events can move it on, and return
facts (`Outcome`); what those facts mean for a case is decided by the caller.
"""

from workflow.engine import corrections

corrections.apply()
