"""Scenario 10: a notice to a whole grade that said too much, and families who stay silent.

On a Friday evening a homeroom teacher writes to the families of her grade and mentions 张三. The
gate stops it. She mends it, the grade leader approves it at night, it leaves in the morning, one
mother answers from the text message, the other families stay silent until they are called.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from config.demo import cast as casting
from config.demo.actors import CN
from config.demo.cast import Cast
from config.demo.evidence import Evidence
from config.demo.mass_notice import silent_family
from config.demo.mass_notice.promises import PROMISES
from config.demo.mass_notice.review import review
from config.demo.mass_notice.silent_family import SILENT
from config.demo.postbox import Received
from config.demo.scenario import Scenario
from config.demo.visitor import Visitor
from parties import tenancy
from parties.models import Student
from records.models import NoticeReceipt

#: Friday 21:10, before a working Saturday (调休): after the hour at which nobody is written to.
BEGINS: Final = datetime(2026, 10, 9, 21, 10, tzinfo=CN)
MORNING: Final = datetime(2026, 10, 10, 7, 0, tzinfo=CN)
NAMED: Final = "张三助学金已发放"
BODY: Final = "各位家长：助学金已按名单发放，请在银行卡中查收；家长会于下周五下午两点召开，请确认。"
_UNPROCESSABLE: Final = 422
_FORBIDDEN: Final = 403
_REMINDERS: Final = ((24, "silence.resent"), (48, "silence.texted"))


class MassNotice(Scenario):
    """The story, scene by scene."""

    begins = BEGINS
    promises = PROMISES
    unspoken = NAMED
    notice_id = ""

    @staticmethod
    def review(evidence: Evidence) -> None:
        review(evidence)

    @classmethod
    def cast_of(cls, *, school_id: int, at: datetime) -> Cast:
        """Everybody of the school's own cast, and a parent of the same class who stays silent."""
        cast = casting.find(school_id=school_id, at=at)
        return replace(cast, members={**cast.members, SILENT: silent_family.found_in(cast)})

    def play(self) -> None:
        self.session("father")  # signed in before anything is sent: what he sees must not change
        self.write()
        self.be_stopped()
        self.mend()
        self.approve()
        self.leave_in_the_morning()
        self.answer()
        self.stay_silent()
        self.call()
        self.warn()

    def write(self) -> None:
        """The teacher means well: the money of one family, told to all."""
        stage = self.stage
        stage.say("班主任起草年级通知，顺手写了一句“张三助学金已发放”")
        body = {
            "title": "助学金与家长会通知",
            "body": f"各位家长：{NAMED}，请查收。家长会于下周五下午两点召开。",
            "scope": "GRADE",
            "grade": self._grade(),
            "strength": "CONFIRM",
        }
        self.notice_id = self.session("teacher").post("notices", body)["id"]

    def be_stopped(self) -> None:
        """A clear sentence for each place, and nothing leaves."""
        stage, teacher = self.stage, self.session("teacher")
        before = len(stage.outside.postbox.messages)
        refused = teacher.try_post(f"notices/{self.notice_id}/submit")
        errors = refused.json().get("errors", [])
        clear = refused.status_code == _UNPROCESSABLE and bool(errors)
        clear = clear and all(one["field"] == "body" and one["mend"] for one in errors)
        clear = clear and "张三助学金" in errors[0]["wrong"]
        stage.promises.check("gate.stops", clear, str(refused.status_code))
        for one in errors:
            stage.say(f"【拦下】{one['wrong']}{one['mend']}")
        state = teacher.get(f"notices/{self.notice_id}")["state"]
        silent = len(stage.outside.postbox.messages) == before and state == "REFUSED"
        stage.promises.check("gate.nothing_left", silent, state)

    def mend(self) -> None:
        stage, teacher = self.stage, self.session("teacher")
        path = f"notices/{self.notice_id}"
        teacher.patch(path, {"body": BODY}, tag=teacher.ask(path).headers["ETag"])
        seen = teacher.post(f"{path}/preview")
        whole = seen["receipts"] >= seen["children"] > 0 and not seen["findings"]
        stage.promises.check("preview.before", whole, f"{seen['receipts']} of {seen['children']}")
        stage.say(
            f"【预览】{seen['children']} 名学生，{seen['receipts']} 份，"
            f"{seen['on_paper']} 份须用纸质通知单"
        )
        submitted = teacher.post(f"{path}/submit")
        stage.promises.check("gate.mended", submitted["state"] == "PENDING_APPROVAL")
        stage.cases.append(UUID(submitted["case"]))
        stage.tick()

    def approve(self) -> None:
        """She is no grade leader: the task is not hers, and another name goes under it."""
        stage = self.stage
        hers = [one["name"] for one in self.session("teacher").get("tasks?state=OPEN")["results"]]
        stage.promises.check("approval.by_scope", "approve_grade" not in hers, "own task")
        self.do("grade_leader", "approve_grade", outcome="approved")
        approver = self.notice()["approver"]
        leader = str(self.cast["grade_leader"].id)
        stage.promises.check("approval.by_scope", approver and approver["id"] == leader, "approver")

    def leave_in_the_morning(self) -> None:
        """It is after nine: nobody is disturbed before seven."""
        stage, before = self.stage, self.texts("mother")
        stage.until(MORNING - timedelta(minutes=1))
        quiet = self.notice()["sent_at"] is None and self.texts("mother") == before
        stage.promises.check("quiet.hours", quiet, "night")
        stage.until(MORNING + timedelta(minutes=1))
        stage.pace.run()
        stage.wait("notice.sent", lambda: self.notice()["sent_at"])
        stage.pace.walk()
        sent_at = datetime.fromisoformat(self.notice()["sent_at"])
        stage.promises.check("quiet.hours", sent_at >= MORNING, "morning")

    def answer(self) -> None:
        """The mother opens the link of the text message and taps once."""
        stage = self.stage
        father, path = self.session("father"), self._receipt("father")
        before = father.ask(f"receipts/{path}").content
        stage.wait("text.mother", lambda: self.texts("mother"))
        mother = Visitor(stage.base)
        mother.open_link(self.texts("mother")[-1].link(self.stage.base))
        mine = f"receipts/{self._receipt('mother')}"
        seen = mother.get(mine)
        child = seen["student"]["id"] == str(self.cast.student_id)
        stage.promises.check("receipt.per_child", child, "student")
        other = mother.ask(f"receipts/{path}").status_code == _FORBIDDEN
        done = mother.post(f"{mine}/confirm")["state"] == "CONFIRMED"
        stage.promises.check("receipt.by_link", done and other, "confirm")
        stage.say("母亲从短信里打开，点了“我已知悉”")
        apart = father.ask(f"receipts/{path}").content == before
        lists = father.get("receipts")["results"]
        own = {one["id"] for one in lists} == set(self._receipts_of("father"))
        stage.promises.check("parents.apart", apart and own, "receipts")
        stage.tick()

    def stay_silent(self) -> None:
        """Another family says nothing: resent after a day, texted after two."""
        stage = self.stage
        stage.wait("text.family", self._all_heard)
        before = len(self.heard(SILENT))
        family = len(self.heard("mother")) + len(self.heard("father"))
        sent_at = datetime.fromisoformat(self.notice()["sent_at"])
        for number, (hours, promise) in enumerate(_REMINDERS, start=1):
            stage.until(sent_at + timedelta(hours=hours, minutes=2))
            self._wait_until_heard(promise, before + number)
        still = len(self.heard("mother")) + len(self.heard("father"))
        stage.promises.check("answered.left_alone", still == family, f"{family} then {still}")

    def _all_heard(self) -> bool:
        """The first messages are out; the father asked for a link to sign in besides."""
        return bool(self.heard("mother") and self.heard(SILENT) and len(self.heard("father")) > 1)

    def _wait_until_heard(self, promise: str, times: int) -> None:
        """One message more, and no more than one."""
        stage = self.stage
        stage.pace.run()
        stage.wait(promise, lambda: len(self.heard(SILENT)) >= times)
        stage.pace.walk()
        heard = len(self.heard(SILENT))
        stage.promises.check(promise, heard == times, f"{heard} of {times}")

    def call(self) -> None:
        """After three days people call; every try is written down, also one without an answer."""
        stage, path = self.stage, f"notices/{self.notice_id}/contacts"
        sent_at = datetime.fromisoformat(self.notice()["sent_at"])
        stage.until(sent_at + timedelta(hours=72, minutes=2))
        teacher, leader = self.session("teacher"), self.session("grade_leader")
        stage.wait("calls.asked", lambda: self.facts().of("calls.asked"))
        owing, numbers = teacher.get(path), leader.get(path)
        children = {one["student"]["id"] for one in owing["results"]}
        sees = bool(children) and str(self.cast.student_id) not in children
        sees = sees and numbers["results"] == [] and numbers["numbers"]["owing"] >= len(children)
        stage.promises.check("teacher.sees_who", sees, f"{len(children)} children")
        stage.say(f"班主任的名单上还有 {len(children)} 户要联系；年级组长只看到数字")
        first = owing["results"][0]
        tried = {"student": first["student"]["id"], "guardian": first["next"], "at": self.clock()}
        made = teacher.post(path, {**silent_family.ATTEMPT, **tried})
        after = {one["student"]["id"]: one for one in teacher.get(path)["results"]}
        kept = any(
            attempt["id"] == made["id"]
            for guardian in after[first["student"]["id"]]["guardians"]
            for attempt in guardian["attempts"]
        )
        stage.promises.check("silence.called", kept and bool(made["at"]), "attempt")
        self.do("teacher", "notice_call", done="some", note="还有几户没有接通，明天再打")

    def warn(self) -> None:
        """Words in a reply that people should look at now. Nobody decides but they."""
        stage, father = self.stage, self.session("father")
        path = f"receipts/{self._receipt('father')}/reply"
        answered = father.try_post(path, {"text": "孩子最近总说不想活了，我们很担心。"})
        stage.wait("danger.hinted", lambda: self.facts().of("danger.hinted"))

        def told() -> bool:
            inbox = self.session("teacher").get("inbox?limit=50")["results"]
            return any(one["template"] == "notice.look_now" for one in inbox)

        stage.wait("look_now", told)
        stage.promises.check("danger.hint", answered.is_success, str(answered.status_code))

    # --- what they see ----------------------------------------------------------------------------

    def notice(self) -> Any:
        return self.session("teacher").get(f"notices/{self.notice_id}")

    def texts(self, part: str) -> list[Received]:
        """Links to notices that came to somebody's phone or mailbox, the newest last."""
        return [one for one in self.heard(part) if one.link(self.stage.base)]

    def heard(self, part: str) -> list[Received]:
        """Everything that left for this person, by phone and mail."""
        member, box = self.cast[part], self.stage.outside.postbox
        found = box.to(member.phone)
        return [*found, *box.to(member.email)] if member.email else found

    def _receipt(self, part: str) -> str:
        return self._receipts_of(part)[0]

    def _receipts_of(self, part: str) -> list[str]:
        with tenancy.scope(self.cast.school_id):
            own = NoticeReceipt.objects.filter(guardian=self.cast[part].id)
            return [str(pk) for pk in own.order_by("pk").values_list("pk", flat=True)]

    def _grade(self) -> str:
        with tenancy.scope(self.cast.school_id):
            student = Student.objects.select_related("school_class").get(pk=self.cast.student_id)
            return student.school_class.grade
