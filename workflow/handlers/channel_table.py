"""What the intake needs of bpmn/channel.dmn, the table that a school edits by itself."""

from typing import Final

from workflow import routing, shipped
from workflow.engine.needs import Floor, TableNeeds, need_table
from workflow.models import Case, Matter

#: The service task of the diagram whose results the table asks for.
_ASKED: Final = "read_hints"
_YES_NO: Final = frozenset({"yes", "no"})
_CHANNELS: Final = frozenset(channel.lower() for channel in Case.Channel.values)


NEEDS: Final = need_table(
    TableNeeds(
        decision="channel",
        inputs={
            f"{_ASKED}_trigger": frozenset(Matter.Trigger.values),
            f"{_ASKED}_danger": frozenset(Matter.Danger.values),
            f"{_ASKED}_repeated": _YES_NO,
            f"{_ASKED}_needs_family": _YES_NO,
            f"{_ASKED}_individual": _YES_NO,
            f"{_ASKED}_level": frozenset(Matter.Level.values),
        },
        result="channel",
        results=_CHANNELS,
        code="reason",
        longest_code=Matter._meta.get_field("rule").max_length or 0,
        longest_label=Matter._meta.get_field("rule_label").max_length or 0,
        floors=(
            Floor(f"{_ASKED}_danger", "yes", frozenset({"crisis"}), "说有危险的，建议必是危机"),
            Floor(
                f"{_ASKED}_danger",
                "unclear",
                frozenset({"crisis", "meeting"}),
                "不清楚有没有危险的要先核实，不能只发通知",
            ),
            Floor(f"{_ASKED}_level", "red", frozenset({"crisis"}), "红色用语提示，建议必是危机"),
            Floor(
                f"{_ASKED}_level",
                "amber",
                frozenset({"crisis", "meeting"}),
                "黄色用语提示要先核实，不能只发通知",
            ),
        ),
    )
)


def described(rule: str) -> str:
    """How the table says in words what the rule with this code is about; empty without a rule."""
    if not rule:
        return ""
    return shipped.rule_label(routing.INTAKE, NEEDS.decision, output=NEEDS.code, text=rule)
