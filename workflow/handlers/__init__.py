"""What the service tasks of the diagrams do: one module per diagram, same stem."""

from workflow.handlers import (
    channel_table,
    crisis,
    crisis_answers,
    crisis_ending,
    follow_up,
    follow_up_answers,
    intake,
    meeting,
    meeting_answers,
    notice,
    notice_calling,
    notice_telling,
    order_answers,
)

__all__ = [
    "channel_table",
    "crisis",
    "crisis_answers",
    "crisis_ending",
    "follow_up",
    "follow_up_answers",
    "intake",
    "meeting",
    "meeting_answers",
    "notice",
    "notice_calling",
    "notice_telling",
    "order_answers",
]
