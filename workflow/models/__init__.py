"""Cases and what moves them. One file per kind of thing."""

from workflow.models.case import Case
from workflow.models.case_people import CaseFace, CaseParty
from workflow.models.crisis import CrisisReport, ZeroReport
from workflow.models.dispatch import DispatchHold
from workflow.models.escalation import Escalation
from workflow.models.human_task import HumanTask
from workflow.models.matter import Matter
from workflow.models.notification import Notification
from workflow.models.process import Incident, ProcessDefinition, ProcessInstance
from workflow.models.report_wording import ReportWording
from workflow.models.request import Heartbeat, IdempotencyKey
from workflow.models.routing import DowngradeProposal, RoutingDecision
from workflow.models.scheduled_contact import ScheduledContact
from workflow.models.settings import ClockSetting, LadderSetting

__all__ = [
    "Case",
    "CaseFace",
    "CaseParty",
    "ClockSetting",
    "CrisisReport",
    "DispatchHold",
    "DowngradeProposal",
    "Escalation",
    "Heartbeat",
    "HumanTask",
    "IdempotencyKey",
    "Incident",
    "LadderSetting",
    "Matter",
    "Notification",
    "ProcessDefinition",
    "ProcessInstance",
    "ReportWording",
    "RoutingDecision",
    "ScheduledContact",
    "ZeroReport",
]
