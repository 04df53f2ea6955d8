"""Scenario 2: conflicts with classmates, a mother who first denies them, and a clip of a camera.

She sees the version in which others are hidden; the original stays with the team. They agree on
counselling. Later she objects to the word 多次; the teacher lists the dates in a next version, and
the mother is content.
"""

import hashlib
from datetime import datetime
from typing import Any, Final

import httpx

from config.demo import cast as casting
from config.demo.cast import Cast
from config.demo.conflict.clip import clip, shows_other
from config.demo.conflict.promises import PROMISES
from config.demo.evidence import Evidence
from config.demo.talks import Talk
from parties import tenancy
from parties.models import Student

WORDS: Final = "近两周与同学发生几次冲突，家长在电话里表示孩子不会这样，想当面谈一谈。"
VAGUE: Final = "近两周与同学多次冲突。"
DATED: Final = "9月28日、10月8日、10月9日各与同学发生一次推搡，均由值班教师劝开。"
_MOTHER_SAYS: Final = {"source": "GUARDIAN", "is_quote": True}

#: What both sides agreed to do.
AGREED: Final[list[dict[str, Any]]] = [
    {"title": "每周一次心理辅导，共六次", "owner_party": "SCHOOL"},
    {
        "title": "每晚聊十分钟学校的事",
        "owner_party": "FAMILY",
        "recurrence": "FREQ=DAILY",
    },
]


class Conflict(Talk):
    """The story, scene by scene."""

    promises = PROMISES
    unspoken = f"{VAGUE}，{DATED}"

    @staticmethod
    def review(evidence: Evidence) -> None:
        """The end stands in the ledger, after every look that was promised."""
        kinds = [event.kind for event in evidence.facts.events]
        after = (
            "case.closed" in kinds and "follow_up.held" not in kinds[kinds.index("case.closed") :]
        )
        evidence.promises.check("case.closed", after, "ledger")

    @classmethod
    def cast_of(cls, *, school_id: int, at: datetime) -> Cast:
        return casting.find(school_id=school_id, at=at)

    def play(self) -> None:
        self.greet()
        self.other = self._classmate()
        self.stage.say("几次冲突之后，家长在电话里说不会是她家孩子，班主任请家长来会谈")
        self.raise_matter(trigger="conflict", words=WORDS)
        self.arrange(trigger="PEERS", purpose="一起看看近两周在校的情况，商量怎样支持孩子")
        self.choose_a_time()
        self.meet()
        self.write(trigger="PEERS", statements=self._statements())
        self.show_the_clip()
        self.offer(confirmed=[self.other])
        self.do("teacher", "meeting_minutes", read_back="yes")
        self.read_at_home()
        self.sign()
        self.items = self.plan(AGREED)
        self.object_and_correct()
        self.follow_up()
        self.evaluate(baseline_now="八周内没有再发生推搡。")
        self.close()

    def _statements(self) -> list[dict[str, Any]]:
        other = {"redacted_text": "当时和一名同学抢同一台设备。"}
        said = f"当时和{self.other}抢同一台设备。"
        return [
            {"section": "FACT", "source": "TEACHER", "text": VAGUE, "status": "TO_VERIFY"},
            {"section": "FACT", "source": "STUDENT", "text": said, **other},
            {"section": "HOME", "text": "在家很听话，不会动手。", **_MOTHER_SAYS},
            {"section": "GUARDIAN_OPINION", "text": "看了视频，愿意配合辅导。", **_MOTHER_SAYS},
            {"section": "ADVICE", "source": "TEACHER", "text": "先由心理教师每周谈一次。"},
            {
                "section": "CONSENSUS",
                "source": "TEACHER",
                "text": "同意心理辅导，八周后一起看效果。",
            },
        ]

    def show_the_clip(self) -> None:
        """What the camera saw, and then the version in which she has hidden the other student."""
        teacher = self.session("teacher")
        kept = teacher.upload(
            f"records/{self.record_id}/attachments",
            "监控.mp4",
            clip(hidden=False),
            "video/mp4",
            redaction="NEEDED",
        )
        given = teacher.upload(
            f"attachments/{kept['id']}/redact",
            "监控（已遮住他人）.mp4",
            clip(hidden=True),
            "video/mp4",
        )
        self.original, self.shown = kept["id"], given["id"]

    def read_at_home(self) -> None:
        """What the mother can open: sources with every sentence, nobody else's name or face."""
        stage, mother = self.stage, self.session("mother")
        record = mother.get(f"records/{self.record_id}")
        said = record["statements"]
        sourced = bool(said) and all(one["source"] and one["status"] for one in said)
        stage.promises.check("statements.sourced", sourced, f"{len(said)} statements")
        stage.promises.check("others.redacted", self.other not in str(record), "name")
        self._clip_at_home([one["id"] for one in record["attachments"]])
        self._clip_of_the_team()

    def _clip_at_home(self, listed: list[str]) -> None:
        """All that she is offered is the version without the other student."""
        mother = self.session("mother")
        seen = mother.ask(f"attachments/{self.shown}")
        hidden = seen.is_success and not shows_other(seen.content)
        other = seen.content != clip(hidden=False) and listed == [self.shown]
        self.stage.promises.check("clip.others_hidden", hidden and other, str(seen.status_code))

    def _clip_of_the_team(self) -> None:
        """德育处 reads the original, and its hash is the one of what the camera saw."""
        officer, path = self.session("head"), f"attachments/{self.original}"
        files = officer.get(f"records/{self.record_id}")["attachments"]
        told = {one["id"]: (one["redaction"], one["sha256"]) for one in files}
        opened = officer.ask(path)
        digest = hashlib.sha256(clip(hidden=False)).hexdigest()
        kept = told.get(self.original) == ("NEEDED", digest) and opened.is_success
        kept = kept and hashlib.sha256(opened.content).hexdigest() == digest
        refused = self.session("mother").ask(path).status_code
        shut = refused == httpx.codes.NOT_FOUND
        self.stage.promises.check("clip.original_kept", kept and shut, f"{refused}")

    def object_and_correct(self) -> None:
        """She objects to one word; the next version says the dates."""
        stage, mother = self.stage, self.session("mother")
        filed = mother.post(
            f"records/{self.record_id}/objections",
            {"ground": "WRONG", "wish": "CORRECT", "words": "没有“多次”，请写清楚是哪几次。"},
        )
        frozen = self.session("teacher").get(f"records/{self.record_id}")["state"]
        stage.promises.check("objection.freezes", frozen == "UNDER_OBJECTION", frozen)
        stage.later(120)
        self.session("teacher").post(
            f"objections/{filed['id']}/answer", {"reply": "ACCEPTED", "words": "改为列出日期。"}
        )
        newer = mother.get("objections")["results"][0]["correction"]
        draft = self.session("teacher").get(f"records/{newer}")["statements"]
        vague = next(one["id"] for one in draft if one["text"] == VAGUE)
        corrected = {"section": "FACT", "source": "TEACHER", "text": DATED, "status": "CONFIRMED"}
        self.change("PATCH", f"/statements/{vague}", corrected, record=newer)
        self.offer(record=newer, confirmed=[self.other])
        self.sign(record=newer)
        mother.post(f"objections/{filed['id']}/content", {})
        self._corrected(newer)

    def _corrected(self, newer: str) -> None:
        mother = self.session("mother")
        old, new = mother.get(f"records/{self.record_id}"), mother.get(f"records/{newer}")
        kept = old["state"] == "SUPERSEDED" and VAGUE in str(old)
        stands = new["state"] == "EFFECTIVE" and DATED in str(new) and VAGUE not in str(new)
        settled = mother.get("objections")["results"][0]["state"] == "SETTLED"
        self.stage.promises.check("objection.corrected", kept and stands and settled, new["state"])

    def _classmate(self) -> str:
        with tenancy.scope(self.cast.school_id):
            own = Student.objects.get(pk=self.cast.student_id)
            others = Student.objects.filter(school_class=own.school_class_id).exclude(pk=own.pk)
            return str(others.order_by("student_no").values_list("person__name", flat=True)[0])
