"""Walls one after another, side by side, and by case: each file has the moment that counts.

Whatever happens in whatever order, what a guardian reads of one record is what this short account
of it says. The mother, from whom nothing is kept but the crisis of the record's own case, is the
control.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from parties.errors import NotFound, WrongState
from records import attachments, communication, destroying, file, reading
from records.file import Filters
from records.models import CommunicationRecord
from tests.factories import NOW, World
from tests.records.desk import Desk
from tests.records.filed import case
from tests.records.test_attachments import add
from workflow.models import Case, CaseParty

pytestmark = pytest.mark.django_db

EVER = datetime(9999, 1, 1, tzinfo=UTC)
STEPS = 16


@dataclass
class Told:
    """When a file was added, and when it was taken out."""

    came: datetime
    went: datetime = EVER


@dataclass
class Account:
    """What happened to one record, and what follows for a guardian; all in moments."""

    walls: list[list[datetime]] = field(default_factory=list)
    #: The record's own case became a crisis that nobody at home may be told of.
    crisis: datetime = EVER
    texts: list[list[datetime]] = field(default_factory=list)
    files: dict[UUID, Told] = field(default_factory=dict)

    def shut(self, moment: datetime, who: str) -> bool:
        mine = self.walls if who == "father" else []
        return moment > self.crisis or any(start < moment <= end for start, end in mine)

    def text(self, who: str) -> tuple[datetime, datetime] | None:
        """From when to when the text was out that they have."""
        known = [one for one in self.texts if not self.shut(one[0], who)]
        if not known or (known[-1][1] != EVER and not self.shut(known[-1][1], who)):
            return None
        return known[-1][0], known[-1][1]

    def added(self, one: Told, who: str) -> bool:
        text = self.text(who)
        if text is None or one.came > text[1]:
            return False
        return one.came <= text[0] or not self.shut(one.came, who)

    def has(self, one: Told, who: str) -> bool:
        text = self.text(who)
        if text is None or not self.added(one, who) or one.went <= text[0]:
            return False
        return one.went == EVER or one.went > text[1] or self.shut(one.went, who)


@dataclass
class Story:
    """A record of a meeting, and people who do this and that about it."""

    desk: Desk
    chance: random.Random
    account: Account = field(default_factory=Account)
    said: list[str] = field(default_factory=list)
    matters: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.desk.as_("teacher"):
            self.case = case(self.desk.world, at=NOW, channel="MEETING", shown_channel="MEETING")
        self.record = self.desk.drafted(case_id=self.case.pk)
        self.offer()

    @property
    def state(self) -> str:
        return str(self.desk.now(self.record).state)

    def step(self) -> None:
        self.desk.later(minutes=7)
        verbs: Sequence[Callable[[], object]] = [
            self.name, self.lift, self.upload, self.upload, self.take_out, self.take_out,
            self.recall, self.offer, self.hide,
        ]  # fmt: skip
        verb = self.chance.choice(verbs)
        if verb() is not False:
            self.said.append(f"{self.desk.at:%H:%M} {getattr(verb, '__name__', verb)}")

    def name(self) -> None:
        """One more matter names the father."""
        with self.desk.as_("teacher") as viewer:
            made = case(self.desk.world, at=viewer.at, channel="NOTICE", shown_channel="NOTICE")
            CaseParty.objects.create(
                school=self.desk.world.school, case=made, person=self.desk.world["father"],
                part="SUSPECT", since=viewer.at,
            )  # fmt: skip
        self.account.walls.append([self.desk.at, EVER])
        self.matters.append(made.pk)

    def lift(self) -> bool:
        up = [place for place, one in enumerate(self.account.walls) if one[1] == EVER]
        if not up:
            return False
        place = self.chance.choice(up)
        with self.desk.as_("teacher") as viewer:
            matter = Case.objects.get(pk=self.matters[place])
            matter.cancel(at=viewer.at)  # unfounded
            matter.save()
        self.account.walls[place][1] = self.desk.at
        return True

    def hide(self) -> bool:
        if self.account.crisis != EVER or self.chance.random() < 0.7:
            return False
        with self.desk.as_("teacher") as viewer:
            own = Case.objects.get(pk=self.case.pk)
            own.alarm(at=viewer.at)
            own.save()
        self.account.crisis = self.desk.at
        return True

    def upload(self) -> None:
        made = add(self.desk, self.desk.now(self.record))
        self.account.files[made.pk] = Told(self.desk.at)

    def take_out(self) -> bool:
        there = [pk for pk, one in self.account.files.items() if one.went == EVER]
        if not there:
            return False
        pk = self.chance.choice(there)
        destroying.take_out(
            school_id=self.desk.world.id, by=self.desk.world["teacher"], at=self.desk.at,
            attachment_id=pk,
        )  # fmt: skip
        self.account.files[pk].went = self.desk.at
        return True

    def recall(self) -> bool:
        if self.state != "PENDING_SIGNATURES":
            return False
        with self.desk.as_("teacher") as viewer:
            communication.recall(viewer, record_id=self.record.pk)
        self.account.texts[-1][1] = self.desk.at
        return True

    def offer(self) -> bool:
        if self.state != "DRAFT":
            return False
        self.desk.check(self.record)
        self.desk.offer(self.record)
        self.account.texts.append([self.desk.at, EVER])
        return True

    # --- what reaches a guardian ---------------------------------------------------------------

    def compare(self, who: str) -> None:
        told = self.account
        has = {pk for pk, one in told.files.items() if told.has(one, who)}
        known = {pk for pk, one in told.files.items() if told.added(one, who)}
        story = "\n".join([who, *self.said])
        assert self.listed(who) == (has if told.text(who) else None), story
        assert self.lines(who) == has, story
        answers = {pk: self.opened(who, pk) for pk in told.files}
        assert {pk for pk, one in answers.items() if one == 200} == has, story
        assert {pk for pk, one in answers.items() if one == 409} == known - has, story

    def listed(self, who: str) -> set[UUID] | None:
        with self.desk.as_(who) as viewer:
            found = viewer.find(CommunicationRecord, self.record.pk)
            if found is None:
                return None
            return {one.pk for one in reading.seen(viewer, found).attachments}

    def lines(self, who: str) -> set[UUID]:
        with self.desk.as_(who) as viewer:
            page = file.read(
                viewer=viewer, student_id=self.desk.world.student.pk,
                filters=Filters(kind="attachment"), limit=100,
            )  # fmt: skip
            return {one.object_id for one in page.entries if one.line.state == "已保存"}

    def opened(self, who: str, pk: UUID) -> int:
        by = self.desk.world[who]
        try:
            attachments.open_(
                school_id=self.desk.world.id, by=by, at=self.desk.at, attachment_id=pk
            )
        except NotFound:
            return 404
        except WrongState:
            return 409
        return 200


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.parametrize("seed", range(10))
def test_each_file_is_there_by_the_moment_that_counts_for_it(desk: Desk, seed: int) -> None:
    story = Story(desk, random.Random(seed))  # noqa: S311 -- a story, no secret

    for _ in range(STEPS):
        story.step()
        for who in ("father", "mother"):
            story.compare(who)
