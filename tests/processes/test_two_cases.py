"""The article's two cases through the real engine and services: failed tests with little money, and
conflicts that are first denied. The demo plays them over HTTP; here the clock is moved by hand.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from parties.access import Viewer
from records import drafts
from records.draft_input import Header, Said
from records.evaluations import Score
from records.models import ActionItem, CommunicationRecord
from records.plan_drafts import Draft
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, held
from tests.records.desk import Desk, texts_of
from tests.records.meeting_days import local
from workflow import communication, human_tasks, plans, record_objections
from workflow.models import Case

pytestmark = pytest.mark.django_db

FAILED = "10月8日、10月9日两次车工考核分别为 52 分、55 分，合格线 60 分。"
MONEY = "家里最近交不起房租，周二周四晚上要去兼职。"
VAGUE = "近两周与同学多次冲突。"
DATED = "9月28日、10月8日、10月9日各推搡一次，由值班教师劝开。"
SECRETS = ("房租", "兼职", "助学金", "经济")
CONTACT = {"reached": "phone", "changed": "按约定进行", "adjust": "no", "danger": "no"}


class Talk:
    """A meeting that was just held, and the record, plan and looks that follow from it."""

    def __init__(self, world: World) -> None:
        self.world, self.walk = world, held(world)
        self.desk = Desk(world)

    @property
    def who(self) -> dict[str, Any]:
        return {"school_id": self.world.id, "at": self.walk.at}

    def record(
        self, trigger: str, *said: Said, others: tuple[str, ...] = ()
    ) -> CommunicationRecord:
        header = Header(trigger=trigger, started_at=self.walk.at, place_kind="OFFICE")
        teacher = self.world["teacher"]
        record = communication.write(
            **self.who, student_id=self.world.student.pk, by=teacher, header=header,
            case_id=self.walk.case_id,
        )  # fmt: skip
        self.desk.at = self.walk.at
        self.desk.meet(record, "mother")
        for one in said:
            self.act("teacher", lambda v, one=one: drafts.state(
                v, record_id=record.pk, said=one, others=others))  # fmt: skip
        return record

    def act(self, by: str, do: Any) -> Any:
        return communication.act(**self.who, by=self.world[by], do=do)

    def sign(self, record: CommunicationRecord) -> None:
        """Checked, offered, read back, and signed by both sides."""
        self.desk.at = self.walk.at
        self.desk.check(record, confirmed=["王伟"])
        teacher, mother = self.world["teacher"], self.world["mother"]
        communication.offer(**self.who, record_id=record.pk, by=teacher)
        if "meeting_minutes" in self.walk.open():
            self.walk.do("meeting_minutes")
        for who, how in ((teacher, "IN_APP"), (mother, "LINK")):
            read = self.desk.mark(record, who.name)
            communication.sign(**self.who, record_id=record.pk, by=who, method=how, as_read=read)

    def agree(self, *items: dict[str, Any]) -> None:
        today = self.walk.at
        made = [
            Draft(starts_on=today.date(), due_at=today + timedelta(days=50), **item)
            for item in items
        ]
        plans.make(
            **self.who, student_id=self.world.student.pk, case_id=self.walk.case_id,
            by=self.world["teacher"], drafts=made,
        )  # fmt: skip
        self.walk.do("meeting_plan", outcome="planned", reason="")

    def look_until_the_end(self) -> None:
        """After 2, 4 and 8 weeks; then both sides score, and a person closes."""
        for days in (14, 14, 28):
            self.walk.go_to(self.walk.at + timedelta(days=days))
            self.do("hold_contact", CONTACT)
        self.do("evaluate_effect", {"score": "1", "baseline_now": "好多了"})
        plans.score(
            **self.who, case_id=self.walk.case_id, by=self.world["mother"],
            given=Score(score=1, words="愿意说话了"),
        )  # fmt: skip
        why = {"reason": "约定已达成", "why_open": "其余的全家自己做下去"}
        self.do("close_or_continue", {"decision": "close", **why})

    def do(self, name: str, answer: dict[str, Any]) -> None:
        human_tasks.complete(
            **self.who, task_id=self.walk.task(name).pk, by=self.world["teacher"], answer=answer
        )

    def sees(self, who: str) -> list[str]:
        """Titles of the items of the plan that this person may read."""
        with tenancy.scope(self.world.id):
            viewer = Viewer.load(self.world[who], at=self.walk.at)
            rows = viewer.rows(ActionItem).filter(student=self.world.student)
            return [item.title for item in rows if "title" in viewer.fields(item)]


def said(section: str, text: str, source: str = "TEACHER", **more: Any) -> Said:
    return Said(section=section, source=source, text=text, **more)


def ended(walk: MeetingWalk) -> bool:
    return walk.case.state in (Case.State.CLOSED, Case.State.EVALUATED)


def test_two_failed_tests_and_money_that_the_company_never_hears_of(world: World) -> None:
    talk = Talk(world)
    record = talk.record(
        "STUDY",
        said("FACT", FAILED, "SYSTEM", status="CONFIRMED"),
        said("HOME", MONEY, "GUARDIAN", is_quote=True),
        said("GUARDIAN_OPINION", "希望训练时间能错开。", "GUARDIAN", is_quote=True),
        said("ADVICE", "训练改到周一、三、五下午。"),
        said("CONSENSUS", "调整训练时间。"),
    )
    talk.sign(record)
    assert MONEY in texts_of(talk.desk.read(record, "mother"))
    assert MONEY not in texts_of(talk.desk.read(record, "teacher"))

    talk.agree(
        {"title": "每周二、四 18:30 后不排班", "owner_party": "COMPANY"},
        {"title": "学校提供助学金申请指导", "owner_party": "SCHOOL", "field_class": "ECO",
         "owner_id": world["teacher"].pk},
        {"title": "每天看练习并签到", "owner_party": "FAMILY", "recurrence": "FREQ=DAILY"},
    )  # fmt: skip
    seen = talk.sees("mentor")
    assert seen == ["每周二、四 18:30 后不排班"]
    assert not any(word in str(seen) for word in SECRETS)

    talk.look_until_the_end()
    assert ended(talk.walk)


def test_conflicts_denied_at_first_and_a_word_that_is_corrected(world: World) -> None:
    talk = Talk(world)
    record = talk.record(
        "PEERS",
        said("FACT", VAGUE, status="TO_VERIFY"),
        said("FACT", "和王伟抢同一台设备。", "STUDENT", redacted_text="和一名同学抢同一台设备。"),
        said("GUARDIAN_OPINION", "孩子在家不会这样。", "GUARDIAN", is_quote=True),
        said("ADVICE", "先由心理教师每周谈一次。"),
        said("CONSENSUS", "同意心理辅导，八周后看效果。"),
        others=("王伟",),
    )
    talk.sign(record)
    assert "王伟" not in str(texts_of(talk.desk.read(record, "mother")))
    talk.agree({"title": "每周一次心理辅导", "owner_party": "SCHOOL"})

    talk.walk.at = local(20, 9)
    talk.desk.at = talk.walk.at
    filed = talk.desk.object(record)
    assert talk.desk.now(record).state == "UNDER_OBJECTION"
    record_objections.answer(
        **talk.who, objection_id=filed.pk, by=world["teacher"], reply="ACCEPTED", words="列出日期"
    )
    newer = correct(talk, record.pk)
    record_objections.end(**talk.who, objection_id=filed.pk, by=world["mother"], how="content")
    assert (talk.desk.now(record).state, newer.version) == ("SUPERSEDED", 2)
    assert DATED in texts_of(talk.desk.read(newer, "mother"))
    assert VAGUE in texts_of(talk.desk.read(record, "mother"))

    talk.look_until_the_end()
    assert ended(talk.walk)


def correct(talk: Talk, record_id: UUID) -> CommunicationRecord:
    """The vague sentence becomes dates in the next version, which both sides sign."""
    with tenancy.scope(talk.world.id):
        newer = CommunicationRecord.objects.get(previous=record_id)
        vague = next(one for one in newer.statements.all() if one.text == VAGUE)
    talk.act("teacher", lambda v: drafts.restate(
        v, record_id=newer.pk, statement_id=vague.pk,
        said=said("FACT", DATED, status="CONFIRMED")))  # fmt: skip
    talk.sign(newer)
    return newer
