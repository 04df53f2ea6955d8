"""A communication record over the API: the usual acts in one line each."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from parties.models import Person
from tests.api.callers import PASSWORD, Caller, member
from tests.factories import World

FACT = "10月8日、10月9日两次实训考核分别为 52 分、55 分，合格线 60 分。"
MONEY = "家里最近交不起房租，周末需要兼职。"


def as_read(reader: Caller, record_id: str) -> dict[str, str]:
    """The member of a body that says what this person has read just now; none of what is hidden."""
    found = reader.get(f"/records/{record_id}").json()
    return {"as_read": found["as_read"]} if "as_read" in found else {}


@dataclass
class Paper:
    """One record, written by `writer`; `etag` is what the last answer to its writer said."""

    writer: Caller
    id: str = ""
    etag: str = ""

    def keep(self, answer: Any) -> Any:
        assert answer.status_code < 300, answer.content.decode()
        self.etag = answer.headers["ETag"]
        self.id = answer.json()["id"]
        return answer

    def do(self, verb: str, body: Any = None, method: str = "post") -> Any:
        address = f"/records/{self.id}/{verb}".rstrip("/")
        answer = self.writer.send(method, address, body or {}, If_Match=self.etag)
        return self.keep(answer)

    def say(self, text: str = FACT, **said: Any) -> Any:
        body = {"section": "FACT", "source": "TEACHER", "text": text, **said}
        return self.do("statements", body)

    def meet(self, *guardians: Person) -> Any:
        """Who of the family took part."""
        there = {"capacity": "GUARDIAN", "presence": "IN_PERSON"}
        people = [{"person": str(one.pk), **there} for one in guardians]
        return self.do("participants", {"participants": people}, method="put")

    def sign(self, by: Caller | None = None, **body: Any) -> Any:
        signer = by or self.writer
        read = as_read(signer, self.id)
        return signer.post(f"/records/{self.id}/sign", {"password": PASSWORD, **read, **body})


def written(world: World, *texts: str, by: str = "teacher", **header: Any) -> Paper:
    """A draft of a talk with the mother, with these statements."""
    paper = Paper(member(world, by))
    body = {
        "trigger": "PRAISE",
        "started_at": "2026-10-09T16:00:00+08:00",
        "place_kind": "OFFICE",
        **header,
    }
    paper.keep(paper.writer.post(f"/students/{world.student.pk}/records", body))
    paper.meet(world["mother"])
    for text in texts or (FACT,):
        paper.say(text)
    return paper


def offered(world: World, *texts: str, **header: Any) -> Paper:
    paper = written(world, *texts, **header)
    paper.do("check")
    paper.do("offer")
    return paper


def effective(world: World, *texts: str, **header: Any) -> Paper:
    paper = offered(world, *texts, **header)
    assert paper.sign().status_code == 200
    assert paper.sign(member(world, "mother")).status_code == 200
    return paper


def upload(
    caller: Caller,
    record_id: str,
    data: bytes,
    *,
    name: str = "照片.jpg",
    media_type: str = "image/jpeg",
    **fields: Any,
) -> Any:
    """One file as a browser sends it."""
    key = fields.pop("key", "")
    headers = {"Idempotency_Key": key} if key else {}
    parts = {**fields, "file": SimpleUploadedFile(name, data, content_type=media_type)}
    return caller.send(
        "post",
        f"/records/{record_id}/attachments",
        encode_multipart(BOUNDARY, parts),
        type=MULTIPART_CONTENT,
        **headers,
    )
