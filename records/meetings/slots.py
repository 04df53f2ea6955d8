"""F3: times on offer: enough of them, on enough days, one for those who work by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from django.utils import timezone

from parties.calendar import CalendarView, NoWorkingDay
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records.meetings import rows, words
from records.models import Meeting, MeetingSlot

LEAST_SLOTS: Final = 3
MOST_SLOTS: Final = 8
#: Working days between the offer and the first time: for papers, and for the family's answer.
NOTICE_DAYS: Final = 2
FURTHEST: Final = timedelta(days=60)
EVENING: Final = time(17, 30)
#: Outside of these hours a family is left in peace.
FROM: Final = time(7, 0)
UNTIL: Final = time(21, 0)
SHORTEST: Final = 15
LONGEST: Final = 180


@dataclass(frozen=True, slots=True)
class Offer:
    """One time: when it begins, for how many minutes, and where."""

    starts_at: datetime
    minutes: int
    place_kind: str
    place: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_remote(self) -> bool:
        return self.place_kind == MeetingSlot.Place.ONLINE

    @property
    def is_evening(self) -> bool:
        return timezone.localtime(self.starts_at).time() >= EVENING


def offer(
    *, meeting_id: UUID, offers: Sequence[Offer], by: Person, at: datetime, calendar: CalendarView
) -> list[MeetingSlot]:
    """Offer times: three or more on three or more working days, one in the evening or remote.

    Offering the very same again changes nothing.

    Raises:
        InvalidInput: names the slot (`slots.0.starts_at`) or the list (`slots`), and the mend.
        WrongState: a time is agreed, or the meeting is over.
    """
    meeting = rows.locked(meeting_id)
    given = sorted(offers, key=lambda one: one.starts_at)
    _refuse_unfit(offers, at=at, calendar=calendar)
    _refuse_home(meeting, offers)
    places = {f"slots.{number}.place": one.place for number, one in enumerate(offers)}
    words.refuse(places, student=meeting.student)
    _refuse_for_company(meeting, offers)
    _refuse_too_few(given, calendar=calendar)
    if meeting.state == Meeting.State.OFFERED and _same(rows.on_offer(meeting), given):
        return rows.on_offer(meeting)
    if meeting.state not in (Meeting.State.PREPARING, Meeting.State.NO_SHOW):
        raise WrongState("时间已经发出，或会谈已经约定。", meeting=str(meeting.pk))
    meeting.offer(at=at)
    meeting.save(update_fields=["state", "round", "offered_at"])
    meeting.invitees.update(answer="", answered_at=None)
    made = MeetingSlot.objects.bulk_create([_slot(meeting, one, by) for one in given])
    rows.record("meeting.offered", meeting, by=by, at=at, round=meeting.round, slots=len(made))
    return made


def _slot(meeting: Meeting, one: Offer, by: Person) -> MeetingSlot:
    return MeetingSlot(
        school_id=meeting.school_id,
        student=meeting.student,
        meeting=meeting,
        round=meeting.round,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place_kind=one.place_kind,
        place=one.place.strip(),
        is_evening=one.is_evening,
        is_remote=one.is_remote,
        offered_by=by,
    )


def _same(slots: Sequence[MeetingSlot], offers: Sequence[Offer]) -> bool:
    return [(one.starts_at, one.ends_at, one.place_kind, one.place) for one in slots] == [
        (one.starts_at, one.ends_at, one.place_kind, one.place.strip()) for one in offers
    ]


def _refuse_unfit(offers: Sequence[Offer], *, at: datetime, calendar: CalendarView) -> None:
    first = _first_day(timezone.localdate(at), calendar)
    for place, one in enumerate(offers):
        if one.place_kind not in MeetingSlot.Place.values:
            _refuse(place, "place_kind", "没有这种地点。", "请从列表中选择地点。")
        if not SHORTEST <= one.minutes <= LONGEST:
            _refuse(place, "minutes", "会谈太短或太长。", f"请填写 {SHORTEST} 到 {LONGEST} 分钟。")
        if one.starts_at > at + FURTHEST:
            _refuse(place, "starts_at", "这个时间太远。", "请选择 60 天以内的时间。")
        if one.starts_at <= at or timezone.localdate(one.starts_at) < first:
            _refuse(
                place,
                "starts_at",
                "这个时间太早，来不及准备和答复。",
                f"请选择 {first:%m月%d日} 及以后的时间（至少隔两个工作日）。",
            )
        if _disturbs(one):
            _refuse(place, "starts_at", "这个时间会打扰家庭休息。", "请安排在 7:00 至 21:00 之间。")


def _refuse_home(meeting: Meeting, offers: Sequence[Offer]) -> None:
    """A company's mentor may be there, to whom a family's address is nothing."""
    for place, one in enumerate(offers):
        if meeting.kind == Meeting.Kind.AT_COMPANY and one.place_kind == MeetingSlot.Place.HOME:
            _refuse(place, "place_kind", "企业现场会谈不能约在家中。", "请选择其他地点。")


def _refuse_for_company(meeting: Meeting, offers: Sequence[Offer]) -> None:
    """Of its own house and of a meeting on a screen, a company reads the place."""
    for place, one in enumerate(offers):
        read = one.place_kind in (MeetingSlot.Place.COMPANY, MeetingSlot.Place.ONLINE)
        if read and meeting.kind == Meeting.Kind.AT_COMPANY:
            words.refuse_withheld(f"slots.{place}.place", one.place)


def _disturbs(one: Offer) -> bool:
    begins, ends = timezone.localtime(one.starts_at), timezone.localtime(one.ends_at)
    return begins.time() < FROM or ends.date() > begins.date() or ends.time() > UNTIL


def _first_day(today: date, calendar: CalendarView) -> date:
    try:
        return calendar.add_working_days(today, NOTICE_DAYS)
    except NoWorkingDay:
        raise InvalidInput(
            "校历里找不到工作日。", field="slots", mend="请管理员核对校历。"
        ) from None


def _refuse(place: int, field: str, wrong: str, mend: str) -> None:
    raise InvalidInput(wrong, field=f"slots.{place}.{field}", mend=mend)


def _refuse_too_few(given: Sequence[Offer], *, calendar: CalendarView) -> None:
    wrong = mend = ""
    days = {timezone.localdate(one.starts_at) for one in given}
    if not LEAST_SLOTS <= len(given) <= MOST_SLOTS:
        wrong, mend = "可选时间太少或太多。", f"请提供 {LEAST_SLOTS} 到 {MOST_SLOTS} 个时间。"
    elif sum(calendar.is_working(day) for day in days) < LEAST_SLOTS:
        wrong, mend = "可选时间太集中。", "请分布在至少三个不同的工作日（含调休上班日）。"
    elif not any(one.is_evening or one.is_remote for one in given):
        wrong, mend = "白天上班的家长无法参加。", "请至少提供一个 17:30 以后或线上的时间。"
    elif any(one.ends_at > later.starts_at for one, later in pairwise(given)):
        wrong, mend = "有两个时间互相重叠。", "请错开时间。"
    if wrong:
        raise InvalidInput(wrong, field="slots", mend=mend)
