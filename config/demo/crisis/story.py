"""Scenario 3: a crisis on a Friday night before a working Saturday; the suspect is the father.

She reports at 22:40. Nobody taps; at +30 the vice-principal is woken and takes over. Two people
triage, the father sees nothing, the mother is called, the police are told, and the daily reports go
on over the weekend, one of them missed.
"""

from datetime import datetime, timedelta
from typing import Final

from config.demo.actors import CN
from config.demo.crisis import family
from config.demo.crisis.promises import PROMISES
from config.demo.crisis.review import review
from config.demo.evidence import Evidence
from config.demo.scenario import Scenario
from config.demo.stage import NeverHappened

#: Friday 22:40; the Saturday after it is a working day (调休).
BEGINS: Final = datetime(2026, 10, 9, 22, 40, tzinfo=CN)
SATURDAY: Final = datetime(2026, 10, 10, tzinfo=CN)
SUNDAY: Final = datetime(2026, 10, 11, tzinfo=CN)
MONDAY: Final = datetime(2026, 10, 12, tzinfo=CN)
#: Words that only the team may read; they are searched for in every message that left.
OBSERVED: Final = "爸爸喝了酒，用皮带打我，说我再往外讲就打死我。"
_KEY: Final = "demo-crisis-report"
_VP_RUNG: Final = 3
_TO_THE_VP: Final = timedelta(minutes=30)


class Crisis(Scenario):
    """The story, scene by scene."""

    begins = BEGINS
    promises = PROMISES
    unspoken = OBSERVED
    reported_at = BEGINS

    @staticmethod
    def review(evidence: Evidence) -> None:
        review(evidence)

    def play(self) -> None:
        self.report()
        self.climb()
        self.take_over()
        self.triage()
        self.call_home()
        self.tell_the_police()
        self.report_upwards()
        self.weekend()

    def report(self) -> None:
        """The student herself, from her phone; a second tap changes nothing."""
        stage, student = self.stage, self.session("student")
        stage.say("学生本人在手机上报告，写明涉事人是父亲")
        body = {
            "student": str(self.cast.student_id),
            "observed": OBSERVED,
            "safe_now": "NO",
            "place": "宿舍",
            "suspects": [{"relation": "FATHER"}],
        }
        key = f"{_KEY}-{stage.pace.now():%Y%m%d%H%M%S%f}"
        first = student.post("crises", body, key=key)
        again = student.post("crises", body, key=key)
        same = first["receipt_no"] == again["receipt_no"] and "case" not in first
        stage.promises.check("report.once", same and first["numbers"], "receipt")
        self.reported_at = datetime.fromisoformat(first["reported_at"])
        stage.cases.append(self.case_of(first["receipt_no"]))
        stage.tick()
        family.father_sees_nothing(stage, self.session("father"), self.session("other_father"))

    def climb(self) -> None:
        """Nobody taps. The homeroom teacher would, but may not stop the ladder."""
        stage = self.stage
        refused = self.session("teacher").try_post(f"cases/{stage.case_id}/acknowledge")
        stage.promises.check("ladder.entitled", refused.status_code == 403, "HT")  # noqa: PLR2004
        stage.say("德育处值班没有应答……")
        stage.until(self.reported_at + _TO_THE_VP)
        stage.wait("rung.3", lambda: _VP_RUNG in self.rungs())
        family.father_sees_nothing(stage, self.session("father"), self.session("other_father"))

    def take_over(self) -> None:
        stage = self.stage
        stage.later(1)
        vice = self.session("vice_principal")
        told = {one.get("case") for one in vice.get("inbox")["results"]}
        if str(stage.case_id) not in told:
            raise NeverHappened("the case in the vice-principal's inbox")
        vice.post(f"cases/{stage.case_id}/acknowledge")
        stage.wait("triage", lambda: self.facts().of("escalation.acknowledged"))

    def triage(self) -> None:
        """The clock of the triage ran out during the climb: that is a fact, and wakes the head."""
        stage = self.stage
        self.stop_again("crisis.triage")
        stage.later(5)
        self.do(
            "head",
            "triage",
            type="domestic_violence",
            colour="red",
            safe_to_tell="no",
            suspect_kind="guardian",
            at_company="no",
            serious="yes",
            reason="学生本人口述，值班教师见到手臂伤痕。",
        )
        stage.later(3)
        self.do("counsellor", "triage_confirm", agree="yes", safe_to_tell="no")
        stage.wait("triage.settled", lambda: self.facts().of("triage.settled"))
        self.stop_again("crisis.oral_report")
        family.father_sees_nothing(stage, self.session("father"), self.session("other_father"))

    def call_home(self) -> None:
        """Never the suspect: the mother, then the community, because telling is not safe."""
        stage = self.stage
        stage.later(2)
        about = self.do("teacher", "call_guardian", outcome="reached", channel="phone")
        stage.promises.check(
            "mother.called", about == str(self.cast["mother"].id), "call_guardian.about"
        )
        family.mother_is_told(stage)
        self.do("head", "call_community", outcome="reached", channel="phone")
        family.mother_sees_her_part(stage, self.session("mother"))

    def tell_the_police(self) -> None:
        stage = self.stage
        stage.later(2)
        self.do(
            "head",
            "report_decide",
            outcome="reported",
            authority="police",
            reported_at=self.clock(),
            number="110",
            receiver="值班民警",
            receipt_no="JQ-20261009-0001",
        )
        self.do("vice_principal", "report_confirm", agree="yes")
        stage.wait("mandatory_report", lambda: self.facts().of("mandatory_report.decided"))

    def report_upwards(self) -> None:
        stage = self.stage
        self.upward("oral_report")
        self.do("head", "protect", measures=["escorted", "separated"], companion="值班教师")
        stage.later(10)
        self.upward("first_report")

    def weekend(self) -> None:
        """Saturday is worked (调休), Sunday is not; the daily report is due on both."""
        stage = self.stage
        stage.until(SATURDAY + timedelta(hours=6))
        self.upward("written_report")
        stage.until(SATURDAY + timedelta(hours=9))
        self.meet()
        stage.until(SATURDAY + timedelta(hours=16, minutes=30))
        self.do("head", "zero_report", changed="no")
        stage.until(SUNDAY + timedelta(hours=17, minutes=1))
        stage.pace.run()
        stage.wait("zero_report.missed", lambda: self.facts().of("zero_report.missed"))
        stage.pace.walk()
        stage.until(MONDAY + timedelta(hours=16, minutes=30))
        self.do("head", "zero_report", changed="no")
        family.father_sees_nothing(stage, self.session("father"), self.session("other_father"))

    def meet(self) -> None:
        self.do(
            "head",
            "meeting_urgent",
            held_at=self.clock(),
            participants=["me", "psy", "ht", "vp"],
            assessment="学生口述与伤情相符；当晚由公安接警。",
            decisions="学生留校，专人陪护。",
        )
        self.do(
            "counsellor",
            "safety_plan",
            watch_person="宿管值班员",
            not_alone="夜间、周末",
            means="收好锐器",
            contact_hours="全天，德育处值班电话",
            teachers_script="照常上课，不追问",
            student_agreed="yes",
        )
