"""What can be printed, as plain values that the caller has cut to what this reader may see.

A field that is hidden is absent: an empty text or tuple prints nothing, not even its heading.
Moments are aware; paper shows them in the school's zone. Texts are printed literally, whatever they
hold.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Method(StrEnum):
    """How somebody signed, or did not."""

    ELECTRONIC = "电子签名"
    PAPER = "纸质签字"
    READ_BACK = "电话复述"
    REFUSED = "拒签"


class Banner(StrEnum):
    """What a reader must know before the first line."""

    DISPUTED = "争议处理中"
    UNSIGNED = "校方记录，家长未签"


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took this copy, when, and what for; on every page."""

    reader: str
    at: datetime
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class StudentLine:
    """The student as a school document names them."""

    name: str
    class_name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One value with its label: 地点, 第二教学楼 304."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said or saw, whose it is, whether it was verified, and what is left out."""

    text: str
    source: str
    status: str
    at: datetime | None = None
    by: str = ""
    observed: str = ""
    redacted: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with what stands under it, in this order."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[Labelled, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who was there; `present_how` is 到场, 线上, 电话 or 缺席."""

    name: str
    relation: str
    capacity: str = ""
    present_how: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature or refusal; `proof` is the hash that was signed, in hex.

    `told_as` says whose words `reason` holds, where they are nobody's but the signer's; `kept_at`
    where its paper lies.
    """

    who: str
    capacity: str
    method: Method
    at: datetime
    reason: str = ""
    witness: str = ""
    proof: str = ""
    told_as: str = ""
    kept_at: str = ""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a record; `sha256` in hex is of what can be downloaded, `others` says what was done
    about other people in it.
    """

    name: str
    kind: str
    classes: str
    sha256: str
    others: str


@dataclass(frozen=True, slots=True)
class EarlierFiles:
    """Files of an earlier version; `sealed` says so where it is."""

    version: int
    sealed: str = ""
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What lay on the table of a talk, and what allowed it to lie there; `file` is its name."""

    kind: str
    what: str = ""
    file: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """异议附记: what the family wants to stand beside the record."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """One version of one record."""

    school: str
    title: str
    record_no: str
    version: int
    state: str
    student: StudentLine
    record_hash: str
    case_no: str = ""
    trigger: str = ""
    details: tuple[Labelled, ...] = ()
    banners: tuple[Banner, ...] = ()
    participants: tuple[Participant, ...] = ()
    sections: tuple[Section, ...] = ()
    prepared: tuple[Prepared, ...] = ()
    attachments: tuple[AttachedFile, ...] = ()
    earlier: tuple[EarlierFiles, ...] = ()
    signatures: tuple[Signature, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file; `body` is short."""

    at: datetime
    kind: str
    party: str
    title: str
    state: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """第 `number` 册 / 共 `of` 册: entries `first` to `last` of `total`, counted from 1."""

    number: int
    of: int
    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class FileSheet:
    """A student's file over a period, both days included; `filters` in the reader's words.

    `records` are those of its entries that are records whose text the reader may see. Without a
    `volume` it says nothing of others.
    """

    school: str
    student: StudentLine
    start: date
    end: date
    entries: tuple[Entry, ...]
    filters: tuple[str, ...] = ()
    title: str = "家校档案"
    records: tuple[RecordSheet, ...] = ()
    volume: Volume | None = None


@dataclass(frozen=True, slots=True)
class NoticeSlip:
    """通知回执单 for a family without a phone: the lower part comes back signed.

    `slip_no` is short enough to type; `code` is what the QR holds, the number itself unless given.
    `reply_lines` are empty lines for an answer in words.
    """

    school: str
    title: str
    paragraphs: tuple[str, ...]
    student: StudentLine
    slip_no: str
    issued_on: date
    issued_by: str = ""
    return_by: date | None = None
    answers: tuple[str, ...] = ("已阅读并知晓以上内容",)
    code: str = ""
    reply_lines: int = 0


@dataclass(frozen=True, slots=True)
class NoticeSlips:
    """Slips of many families in one document to be cut apart.

    Each begins on a page of its own and counts its own pages: a family does not learn from its slip
    how many others there are.
    """

    school: str
    title: str
    slips: tuple[NoticeSlip, ...]


Sheet = RecordSheet | FileSheet | NoticeSlip | NoticeSlips
