"""Scenario 1: two failed skill tests. The family tells of money trouble and of a part-time job.

They agree to move the training, to get guidance on aid, and to look together every few weeks. The
company learns when not to roster and what to practise; of money it learns nothing, anywhere.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from config.demo import cast as casting
from config.demo import traces
from config.demo.cast import Cast
from config.demo.evidence import Evidence
from config.demo.skills.promises import PROMISES
from config.demo.talks import Talk

WORDS: Final = "连续两次专业技能考核不合格，想约家长一起商量怎样帮助。"
FACT: Final = "10月8日、10月9日两次数控车工考核分别为 52 分、55 分，合格线 60 分。"
MONEY: Final = "家里最近交不起房租，周二、周四晚上要去便利店兼职。"
SCHEDULE: Final = "每周二、四 18:30 后不排班"
PRACTICE: Final = "练习外圆车削，每周两件，对照图纸自检"
AID: Final = "学校提供助学金申请指导"
CONSENSUS: Final = "训练改到下午；家长每天看练习并签到；学校、家庭、企业每月一起看一次进展。"
HOMEWORK: Final = "每天看一遍读图练习并签到"
#: Said at the table; none of it may reach the company, in whatever it can open.
SECRETS: Final = ("房租", "兼职", "便利店", "助学金", "资助", "经济")
#: Of the processes of an installation at least these many write something down.
_LOGS: Final = 2
_MOTHER_SAYS: Final = {"source": "GUARDIAN", "is_quote": True}
STATEMENTS: Final[list[dict[str, Any]]] = [
    {"section": "FACT", "source": "SYSTEM", "text": FACT, "status": "CONFIRMED"},
    {"section": "SCHOOL", "source": "TEACHER", "text": "课堂能独立读图，装夹偏慢。"},
    {"section": "HOME", "text": MONEY, **_MOTHER_SAYS},
    {"section": "CAUSE", "text": "晚上回来得晚，练习时间不够。", **_MOTHER_SAYS},
    {"section": "GUARDIAN_OPINION", "text": "希望训练时间能错开。", **_MOTHER_SAYS},
    {"section": "STUDENT_OPINION", "source": "STUDENT", "text": "想把证书考下来。"},
    {"section": "ADVICE", "source": "TEACHER", "text": "训练改到周一、三、五下午。"},
    {"section": "CONSENSUS", "source": "TEACHER", "text": CONSENSUS},
]


class Skills(Talk):
    """The story, scene by scene."""

    promises = PROMISES
    unspoken = f"{MONEY}，{AID}"

    @staticmethod
    def review(evidence: Evidence) -> None:
        """Nothing about money left the house or stayed in a log, whatever carried it."""
        promises, sent = evidence.promises, [one.text for one in evidence.postbox.messages]
        leaked = [word for word in SECRETS if any(word in text for text in sent)]
        promises.check("money.nowhere_outside", bool(sent) and not leaked, ",".join(leaked))
        written = traces.in_logs(evidence.logs, SECRETS)
        written += [f"outbox:{word}" for word in traces.among(SECRETS, " ".join(evidence.outbox))]
        looked = len(traces.logs(evidence.logs)) >= _LOGS and bool(evidence.outbox)
        promises.check("money.in_no_log", looked and not written, ",".join(written) or "no logs")

    @classmethod
    def cast_of(cls, *, school_id: int, at: datetime) -> Cast:
        return casting.find(school_id=school_id, at=at, at_work=True)

    def play(self) -> None:
        self.greet()
        self.stage.say("连续两次技能考核不合格，班主任请家长来会谈")
        self.raise_matter(trigger="academic", words=WORDS)
        self.arrange(trigger="STUDY", purpose="两次考核未达标，一起商量怎样帮助")
        self.choose_a_time()
        self.meet()
        self.stage.say("母亲说起家里的难处；谈完当天写记录，逐条注明谁说的")
        self.write(trigger="STUDY", statements=STATEMENTS)
        self.offer()
        self.do("teacher", "meeting_minutes", read_back="yes")
        self.sign()
        self.keep_money_apart()
        self.agree()
        self.see_as_company()
        self.sign_in_daily()
        self.follow_up()
        self.finish_items()
        self.evaluate(baseline_now="第三次考核 68 分。")
        self.close()
        self.see_as_company()

    def keep_money_apart(self) -> None:
        """One sentence, three readers."""
        path = f"records/{self.record_id}"
        teacher = self.session("teacher").get(path)["statements"]
        masked = [one for one in teacher if one.get("masked")]
        hidden = len(masked) == 1 and MONEY not in str(teacher)
        mother = MONEY in str(self.session("mother").get(path))
        self.stage.promises.check(
            "money.for_aid_officer", hidden and mother, f"{len(masked)} masked"
        )

    def agree(self) -> None:
        """Four owners; what is about money is an item of its own class."""
        mother = str(self.cast["mother"].id)
        practice = {
            "title": PRACTICE,
            "owner_party": "STUDENT",
            "measure": "考核成绩",
            "target": "60",
        }
        self.items = self.plan(
            [
                {"title": "训练改到周一、三、五下午", "owner_party": "SCHOOL"},
                {"title": AID, "owner_party": "SCHOOL", "field_class": "ECO", "owner": self._aid()},
                {"title": SCHEDULE, "owner_party": "COMPANY"},
                practice,
                {
                    "title": HOMEWORK,
                    "owner_party": "FAMILY",
                    "owner": mother,
                    "recurrence": "FREQ=DAILY",
                },
            ]
        )

    def _aid(self) -> str:
        """Who looks after the guidance: the teacher herself, in this school."""
        return str(self.cast["teacher"].id)

    def see_as_company(self) -> None:
        """Everything the mentor can open, searched for every word that was said about money."""
        stage, mentor = self.stage, self.session("mentor")
        student = self.cast.student_id
        plan = mentor.get(f"students/{student}/plan")
        pages = [f"students/{student}/file", "cases", "inbox", "tasks", "students?q=", "alerts"]
        opened = [str(plan), *(mentor.ask(path).text for path in pages)]
        copies = [
            f"students/{student}/file/export?format={form}&purpose=conversation"
            for form in ("json", "pdf")
        ]
        closed = [mentor.ask(path) for path in (f"records/{self.record_id}", *copies)]
        shut = all(
            one.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) for one in closed
        )
        opened += [one.text for one in closed]
        leaked = [word for word in SECRETS if any(word in text for text in opened)]
        leaked += [word for word in SECRETS if mentor.get(f"students?q={word}")["results"]]
        sees = SCHEDULE in str(plan)
        kept = sees and shut and not leaked
        stage.promises.check("money.not_at_work", kept, ",".join(leaked) or "plan")

    def sign_in_daily(self) -> None:
        """Three days in a row, from her own page."""
        stage, mother = self.stage, self.session("mother")
        streak = 0
        for _ in range(3):
            stage.until(stage.pace.now() + timedelta(hours=24))
            done = mother.post(f"items/{self.items[-1]}/check-ins", {})
            streak = done.get("progress", {}).get("streak", 0)
        stage.promises.check("family.checks_in", streak == 3, f"streak {streak}")  # noqa: PLR2004

    def finish_items(self) -> None:
        """What was agreed is done; nobody verifies their own."""
        teacher, mentor = self.session("teacher"), self.session("mentor")
        mentor.post(f"items/{self.items[2]}/done", {"note": "已按此排班。"})
        read = teacher.get(f"items/{self.items[2]}")["as_read"]
        teacher.post(f"items/{self.items[2]}/verify", {"agree": True, "as_read": read})
