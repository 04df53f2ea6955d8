"""Refuses, before publishing, what cannot run, would silently go wrong, or could run code.

Needs no database. Each finding names the element, says what is wrong, and what to do.
"""

from workflow.engine.lint.findings import Finding
from workflow.engine.lint.linter import lint
from workflow.engine.lint.project import Project

__all__ = ["Finding", "Project", "lint"]
