"""What the service tasks of the diagrams do: one module per diagram, same stem."""

from workflow.handlers import crisis, crisis_answers, meeting, meeting_answers

__all__ = ["crisis", "crisis_answers", "meeting", "meeting_answers"]
