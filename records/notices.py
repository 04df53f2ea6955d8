"""Notices before they are sent: draft, change, look at the audience, hold against the gate.

A service here changes and records; it tells nobody. Sending is workflow's.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from ledger import events
from parties import legible, taps, tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, NotAllowed, NotFound, WrongState
from parties.models import Person, SchoolClass
from parties.roles import STAFF, Role
from parties.standings import StaffPost
from records import notice_audience, notice_fields, notice_followers, notice_gate
from records.models import Notice
from records.notice_audience import Preview
from records.notice_fields import Found

#: Whoever works with families may draft one; who approves it is another question.
DRAFTERS: Final = STAFF - {Role.AUD, Role.ADM}
_LEADERS: Final = frozenset({Role.ME, Role.VP, Role.PR})
LONGEST_TITLE: Final = 60
LONGEST_BODY: Final = 2000
_CHANGEABLE: Final = frozenset(
    {"title", "body", "scope", "school_class", "grade", "strength", "needs_answer", "deadline"}
)


class AboutOnePerson(InvalidInput):
    """The text is about one person; `findings` name the words, where, why and the mend."""

    code = "notice.about_one_person"

    def __init__(self, findings: list[Found]) -> None:
        first = findings[0]
        why, mend = first.finding.why, first.finding.mend
        super().__init__(why, field=first.field, mend=mend, count=len(findings))
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a teacher writes. `school_class` for a class, `grade` for a grade, neither for all."""

    title: str
    body: str
    scope: str
    strength: str
    school_class: UUID | None = None
    grade: str = ""
    needs_answer: bool = False
    deadline: datetime | None = None


def draft(
    *, school_id: int, by: Person, at: datetime, given: Draft, id_: UUID | None = None
) -> Notice:
    """A new draft, seen by its author alone. Repeating `id_`, also at the same moment, returns the
    first one.

    Raises:
        NotAllowed: not a member of staff who works with families.
        InvalidInput: the scope names no place of this school, a deadline in the past, or an id
            that is somebody else's.
    """
    new = id_ or uuid4()

    def known() -> Notice | None:
        require_drafter(Viewer.load(by, at=at))
        return Notice.objects.filter(pk=new, author=by).first()

    def make() -> Notice:
        notice = Notice(pk=new, school_id=school_id, author=by, created_at=at)
        _put(notice, _values(given), at=at)
        notice.save(force_insert=True)
        record("notice.drafted", notice, by=by.pk, at=at)
        return notice

    return taps.once(school_id=school_id, known=known, make=make).what


def require_drafter(viewer: Viewer) -> None:
    """Raise NotAllowed for whoever does not write to families by their post."""
    if not viewer.serves(DRAFTERS):
        raise NotAllowed("只有教职工可以起草通知。")


def change(
    *,
    school_id: int,
    notice_id: UUID,
    by: Person,
    at: datetime,
    version: int,
    given: Mapping[str, Any],
) -> Notice:
    """Another wording or another audience, while it is a draft or was refused.

    Raises:
        NotFound, NotAllowed: not visible; not the author.
        WrongState: it is no draft any more. LostRace: `version` is not the present one.
        InvalidInput: as draft().
    """
    with tenancy.scope(school_id):
        notice = held(notice_id, by=by, at=at, act=Act.EDIT)
        if notice.state not in Notice.EDITABLE:
            raise WrongState(f"{notice.standing}，不能再修改。", notice=str(notice.pk))
        if notice.version != version:
            raise LostRace(
                f"您依据的是第 {version} 版，现在是第 {notice.version} 版。",
                yours=version,
                current=notice.version,
            )
        _put(notice, {name: given[name] for name in given if name in _CHANGEABLE}, at=at)
        notice.edit()
        notice.save()
        record("notice.changed", notice, by=by.pk, at=at)
        return notice


def preview(*, viewer: Viewer, notice_id: UUID) -> Preview:
    """Who would get it. Inside a scope. Raises NotFound: not for this reader, or not the whole."""
    notice = viewer.get(Notice, notice_id)
    if not notice_followers.follows(viewer, notice):
        raise NotFound("没有找到。")
    return notice_audience.preview(notice, viewer=viewer)


def findings(notice: Notice) -> list[Found]:
    """What the gate says to the title and to the body, read as one text."""
    known = notice_gate.roster(school_id=notice.school_id)
    return notice_fields.findings(notice.title, notice.body, known=known)


def text_of(notice: Notice) -> str:
    return f"{notice.title}\n{notice.body}"


def hash_of(notice: Notice) -> bytes:
    """Says which text was approved and sent; the file keeps it beside the receipts."""
    return hashlib.sha256(text_of(notice).encode()).digest()


def refuse(notice: Notice, found: list[Found], *, by: UUID | None, at: datetime) -> None:
    """Note that the gate stopped it; what it found is shown, never recorded."""
    notice.refuse()
    notice.save()
    record(
        "notice.refused", notice, by=by, at=at, kinds=sorted({one.finding.kind for one in found})
    )


def approver_role(notice: Notice) -> Role:
    """Who decides by scope: homeroom teacher, grade leader, 德育处."""
    return {
        Notice.Scope.CLASS: Role.HT,
        Notice.Scope.GRADE: Role.GL,
        Notice.Scope.SCHOOL: Role.ME,
    }[Notice.Scope(notice.scope)]


def approves(viewer: Viewer, notice: Notice) -> bool:
    """Whether this person may approve it, alone, as the role of its scope or one above."""
    return any(_covers(post, notice) for post in viewer.posts)


def _covers(post: StaffPost, notice: Notice) -> bool:
    if post.role in _LEADERS:
        return True
    if notice.scope == Notice.Scope.SCHOOL:
        return False
    own = notice.school_class
    if post.role == Role.GL:
        return post.grade in ("", notice.grade if own is None else own.grade)
    return post.role == Role.HT and own is not None and post.school_class_id == own.pk


def held(notice_id: UUID, *, by: Person, at: datetime, act: Act) -> Notice:
    """The notice, visible to `by`, allowed, and locked. Inside a scope."""
    viewer = Viewer.load(by, at=at)
    viewer.require(act, viewer.get(Notice, notice_id))
    locked = Notice.objects.select_for_update(of=("self",)).select_related("school_class", "author")
    return locked.get(pk=notice_id)


def _values(given: Draft) -> dict[str, Any]:
    return {name: getattr(given, name) for name in _CHANGEABLE}


def _put(notice: Notice, values: Mapping[str, Any], *, at: datetime) -> None:
    for name, value in values.items():
        setattr(notice, "school_class_id" if name == "school_class" else name, value)
    for name in ("title", "body"):
        if not legible.said(getattr(notice, name)):
            raise InvalidInput("没有写内容。", field=name, mend="请写好标题和正文。")
    _refuse_scope(notice)
    if notice.deadline is not None and notice.deadline <= at:
        raise InvalidInput("截止时间已经过去。", field="deadline", mend="请选择以后的时间。")


def _refuse_scope(notice: Notice) -> None:
    if notice.scope == Notice.Scope.CLASS:
        notice.grade = ""
        wanted = notice.school_class_id
        known = SchoolClass.objects.filter(pk=wanted).first() if wanted else None
        if known is None:
            raise InvalidInput("没有找到这个班级。", field="school_class", mend="请选择一个班级。")
        notice.school_class = known
        return
    notice.school_class = None
    if notice.scope == Notice.Scope.GRADE:
        if not SchoolClass.objects.filter(grade=notice.grade).exclude(grade="").exists():
            raise InvalidInput(
                "没有找到这个年级。", field="grade", mend="请填写入学年份，如 2024。"
            )
        return
    notice.grade = ""


def record(
    kind: str,
    notice: Notice,
    *,
    by: UUID | None,
    at: datetime,
    refs: list[events.Subject] | None = None,
    **codes: Any,
) -> None:
    """An event of the notice; of its case as well once it has one."""
    about = ("notice", notice.pk) if notice.case_id is None else ("case", notice.case_id)
    events.append(
        school_id=notice.school_id,
        kind=kind,
        actor=by,
        subject=about,
        refs=[("notice", notice.pk), *(refs or [])],
        at=at,
        payload=codes,
    )
