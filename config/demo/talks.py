"""What the stories of a meeting share: from the matter to the last look at its effect.

Every act goes over real HTTP by whoever does it at a real school; what the family gets comes out of
its own text messages.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from config.demo.actors import CN
from config.demo.scenario import Scenario
from config.demo.visitor import Visitor

#: Monday morning, a usual week.
BEGINS: Final = datetime(2026, 10, 12, 9, 0, tzinfo=CN)
#: Three times on three working days, one of them in the evening.
SLOTS: Final = (
    datetime(2026, 10, 15, 10, 0, tzinfo=CN),
    datetime(2026, 10, 16, 12, 30, tzinfo=CN),
    datetime(2026, 10, 19, 18, 30, tzinfo=CN),
)
MINUTES: Final = 45
_MORNING: Final = time(8, 30)
#: Looks after 2, 4 and 8 weeks: days from the day the follow-up begins.
_LOOKS: Final = (14, 28, 56)


PROMISES: Final[Mapping[str, str]] = {
    "routing.both_recorded": "决策表的建议和人的决定都留了记录",
    "meeting.three_times": "家长从短信链接里看到至少三个时间，点一下就约好",
    "meeting.agreed": "约好的时间学校立即看到",
    "record.both_signed": "双方签字后记录生效：教师再次输入密码，家长用短信里的链接",
    "follow_up.three_looks": "第 2、4、8 周各跟进一次",
    "effect.apart": "双方分别评分，评分之前看不到对方的",
    "effect.both_sides": "效果评估有学校和家庭两方的评分",
    "case.closed": "效果评估之后由人决定结案",
}


class Talk(Scenario):
    """A meeting with a mother, from the reason to the effect; a story fills in the words."""

    begins = BEGINS
    record_id = ""
    meeting_id = ""
    read_links: frozenset[str] | set[str] = frozenset()

    # --- how it comes to a meeting ----------------------------------------------------------------

    def raise_matter(self, *, trigger: str, words: str) -> None:
        """A person decides on the channel; words and table only propose."""
        stage = self.stage
        body = {
            "student": str(self.cast.student_id),
            "trigger": trigger,
            "words": words,
            "danger": "no",
            "repeated": True,
            "needs_family": True,
        }
        slip = self.session("teacher").post("matters", body)
        stage.cases.append(UUID(slip["case"]))
        self.do("teacher", "choose_channel", channel="meeting", reason="需要和家长面谈")
        routed = self.session("teacher").get(f"cases/{stage.case_id}/routing")
        decided = routed["decisions"][-1] if routed.get("decisions") else {}
        both = decided.get("channel") == "MEETING" and bool(decided.get("proposed"))
        stage.promises.check("routing.both_recorded", both, "proposal and decision")

    def arrange(self, *, trigger: str, purpose: str) -> None:
        """Who comes, what is prepared, and three times to choose from."""
        self.do(
            "teacher",
            "meeting_prepare",
            kind="IN_PERSON",
            trigger=trigger,
            purpose=purpose,
            student_wish="YES",
        )
        papers = ["TRANSCRIPT", "OBSERVATION"]
        note = "行为观察表：9月28日至30日，课堂与实训"
        self.do("teacher", "meeting_dossier", papers=papers, note=note, psy_basis="none")
        times = {f"slot_{n}_at": one.isoformat() for n, one in enumerate(SLOTS, start=1)}
        self.do("teacher", "meeting_offer_slots", **times, minutes=MINUTES, place_kind="OFFICE")
        found = self.session("teacher").get(f"cases/{self.stage.case_id}/meeting")
        self.meeting_id = found["id"]

    def choose_a_time(self) -> None:
        """The mother opens the link of the text message and taps on a time."""
        stage = self.stage
        mother = self.by_link("mother")
        offered = mother.get(f"meetings/{self.meeting_id}")["slots"]
        stage.promises.check("meeting.three_times", len(offered) >= len(SLOTS), str(len(offered)))
        mother.post(f"meetings/{self.meeting_id}/choose", {"slot": offered[0]["id"]})
        stage.tick()
        agreed = self.session("teacher").get(f"cases/{stage.case_id}/meeting")["agreed"]
        stage.promises.check("meeting.agreed", agreed is not None, "slot")

    def meet(self) -> None:
        self.stage.until(SLOTS[0] + timedelta(minutes=MINUTES + 5))
        self.do("teacher", "meeting_hold", outcome="held")

    # --- the record -------------------------------------------------------------------------------

    def write(self, *, trigger: str, statements: list[dict[str, Any]]) -> None:
        """The minutes, the same day: each sentence with its source."""
        teacher, case = self.session("teacher"), str(self.stage.case_id)
        header = {
            "trigger": trigger,
            "started_at": SLOTS[0].isoformat(),
            "place_kind": "OFFICE",
            "case": case,
        }
        made = teacher.post(f"students/{self.cast.student_id}/records", header)
        self.record_id = made["id"]
        people = [
            {
                "person": str(self.cast["mother"].id),
                "capacity": "GUARDIAN",
                "relation": "MOTHER",
                "presence": "IN_PERSON",
            }
        ]
        self.change("PUT", "/participants", {"participants": people})
        for said in statements:
            self.change("POST", "/statements", said)

    def change(self, method: str, part: str, body: Any, *, record: str = "") -> Any:
        """An act of the author on what she has just read."""
        teacher, path = self.session("teacher"), f"records/{record or self.record_id}"
        tag = teacher.ask(path).headers["ETag"]
        return teacher.change(method, f"{path}{part}", body, tag=tag)

    def offer(self, *, record: str = "", confirmed: list[str] | None = None) -> None:
        self.change("POST", "/check", {"confirmed": confirmed or []}, record=record)
        self.change("POST", "/offer", {}, record=record)

    def sign(self, *, record: str = "") -> None:
        """She with her password once more, the mother by the link that came to her phone."""
        stage, path = self.stage, f"records/{record or self.record_id}"
        teacher = self.session("teacher")
        read = teacher.get(path)["as_read"]
        teacher.post(f"{path}/sign", {"password": stage.password, "as_read": read})
        mother = self.by_link("mother")
        mother.post(f"{path}/sign", {"as_read": mother.get(path)["as_read"]})
        state = mother.get(path)["state"]
        stage.promises.check("record.both_signed", state == "EFFECTIVE", state)
        stage.tick()

    # --- the plan and its effect ------------------------------------------------------------------

    def plan(self, items: list[dict[str, Any]]) -> list[str]:
        """Items with owners; the meeting goes on once there are some."""
        stage, teacher = self.stage, self.session("teacher")
        today = stage.pace.now().astimezone(CN)
        rest = {
            "case": str(stage.case_id),
            "starts_on": today.date().isoformat(),
            "due_at": (today + timedelta(days=50)).isoformat(),
        }
        path = f"students/{self.cast.student_id}/plan"
        made = [teacher.post(path, {**rest, **item})["id"] for item in items]
        self.do("teacher", "meeting_plan", outcome="planned")
        return [str(one) for one in made]

    def follow_up(self) -> None:
        """Looks after 2, 4 and 8 weeks, each a short talk on file."""
        stage = self.stage
        (begun,) = self.facts().of("follow_up.begun")
        begins = begun.at.astimezone(CN).date()
        for days in _LOOKS:
            stage.until(datetime.combine(begins + timedelta(days=days), _MORNING, CN))
            self.do(
                "teacher",
                "hold_contact",
                reached="phone",
                changed="按约定进行。",
                adjust="no",
                danger="no",
            )
        held = len(self.facts().of("follow_up.held"))
        stage.promises.check("follow_up.three_looks", held == len(_LOOKS), f"{held} looks")

    def evaluate(self, *, baseline_now: str) -> None:
        """Both sides score apart from each other; nobody sees the other's before giving one."""
        stage, path = self.stage, f"cases/{self.stage.case_id}/evaluations"
        self.do("teacher", "evaluate_effect", score="1", baseline_now=baseline_now)
        mother = self.session("mother")
        seen = [one for one in mother.get(path)["results"] if one["side"] == "SCHOOL"]
        stage.promises.check("effect.apart", not seen, f"{len(seen)} seen")
        mother.post(path, {"score": 1, "words": "回家愿意说学校的事了。"})
        sides = {one["side"] for one in mother.get(path)["results"]}
        stage.promises.check("effect.both_sides", sides >= {"SCHOOL", "FAMILY"}, ",".join(sides))
        stage.tick()

    def close(self) -> None:
        self.do(
            "teacher",
            "close_or_continue",
            decision="close",
            reason="约定已达成。",
            why_open="没有登记完成的几项已经成了习惯，家里和学校照常做下去。",
        )
        stage = self.stage
        closed = ("CLOSED", "EVALUATED")

        def state() -> str:
            return str(self.session("teacher").get(f"cases/{stage.case_id}")["state"])

        stage.wait("case.closed", lambda: state() in closed)
        stage.promises.check("case.closed", state() in closed, state())

    # --- links ------------------------------------------------------------------------------------

    def greet(self) -> None:
        """The mother signs in once, so that every later link is about something."""
        self.session("mother")
        self.read_links = set(self._links("mother"))

    def by_link(self, part: str) -> Visitor:
        """A session from the link that has just reached this person's own phone."""

        def unread() -> list[str]:
            return [text for text in self._links(part) if text not in self.read_links]

        self.stage.wait(f"link.{part}", unread)
        newest = unread()[-1]
        self.read_links |= set(unread())
        visitor = Visitor(self.stage.base)
        visitor.open_link(newest)
        return visitor

    def _links(self, part: str) -> list[str]:
        box = self.stage.outside.postbox.to(self.cast[part].phone)
        return [link for one in box if (link := one.link(self.stage.base))]
