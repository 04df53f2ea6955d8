"""Walks a matter through the real intake, on the real database, with a clock moved by hand."""

from datetime import datetime
from typing import Any

from parties import tenancy
from parties.roles import Role
from tests.factories import NOW, World
from tests.processes.walker import Walk
from workflow import human_tasks, matters, processes
from workflow.matters import MatterInput
from workflow.models import Case, HumanTask, Matter, RoutingDecision

CALM = "第二次技能测试未通过，想约家长谈一谈"
RED = "他在作文里写不想活了"
AMBER = "最近一直哭，不想上学"


class Intake(Walk):
    """One matter under way; the notice, meeting or crisis that comes of it is the same case."""

    def choose(self, channel: str, by: str = "teacher", **answer: Any) -> HumanTask:
        """Decide at whichever of the two tasks is open, with a reason unless told otherwise."""
        [name] = self.open() & {"choose_channel", "choose_channel_now"}
        given = {"channel": channel, "reason": "与家长通过电话", **answer}
        return self.answer(name, by, given)

    def confirm(self, agree: str, by: str = "duty_officer") -> HumanTask:
        return self.answer("confirm_channel", by, {"agree": agree, "reason": "已当面核实"})

    def answer(self, name: str, by: str, given: dict[str, Any]) -> HumanTask:
        done = human_tasks.complete(
            school_id=self.world.id,
            task_id=self.task(name).pk,
            by=self.world[by],
            at=self.at,
            answer={key: value for key, value in given.items() if value},
        )
        processes.start_now(self.world.id, self.case_id, at=self.at)
        return done

    def sweep(self) -> None:
        processes.start_pending(via="test", lane="routine", at=self.at)
        processes.step_due(via="test", lane="routine", at=self.at)
        super().sweep()

    @property
    def matter(self) -> Matter:
        with tenancy.scope(self.world.id):
            return Matter.objects.get(case=self.case_id)

    def decisions(self) -> list[RoutingDecision]:
        with tenancy.scope(self.world.id):
            rows = RoutingDecision.objects.filter(case=self.case_id)
            return list(rows.select_related("decided_by", "second_by").order_by("at", "pk"))

    def reasons(self) -> list[tuple[str, str]]:
        """The words of each decision: the first person's and the second's."""
        with tenancy.scope(self.world.id):
            rows = RoutingDecision.objects.filter(case=self.case_id).order_by("at", "pk")
            return [(row.reason, row.second_reason) for row in rows]

    def processes(self) -> dict[str, str]:
        """Status of each process of the case, by key."""
        with tenancy.scope(self.world.id):
            case = Case.objects.get(pk=self.case_id)
            return dict(case.instances.values_list("process_key", "status"))


def raised(
    world: World,
    *,
    by: str = "teacher",
    role: Role = Role.HT,
    words: str = CALM,
    key: str = "matter",
    at: datetime = NOW,
    **said: Any,
) -> Intake:
    """A matter about the student, raised at NOW."""
    told = {"trigger": "academic", "danger": "no", "repeated": True, **said}
    slip = matters.raise_matter(
        school_id=world.id,
        by=world[by],
        role=role,
        at=at,
        matter=MatterInput(student_id=world.student.pk, words=words, **told),
        request_key=key,
    )
    return Intake(world, slip.case_id, at)


def in_meeting(world: World, **said: Any) -> Intake:
    """Decided by the homeroom teacher, as the table proposed."""
    walk = raised(world, **said)
    walk.choose("meeting")
    return walk
