"""Acts beside the words of a record, for its random life: who was there, whose word was written
down, what was held, added to an objection, put away.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from parties import tenancy
from parties.errors import SanfangError
from records import (
    as_read,
    drafts,
    hold_requests,
    holds,
    keeping,
    objections,
    reading,
    signatures,
)
from records.draft_input import Present
from records.models import Attachment, CommunicationRecord, HoldRequest, Objection
from records.witnessed import Witnessed
from tests.factories import World
from tests.records.desk import Desk, texts_of

PEOPLE = (
    "teacher", "mother", "father", "student", "head_of_office", "grade_leader", "counsellor",
    "stranger", "mentor", "auditor",
)  # fmt: skip
EVERYBODY = (*PEOPLE, "duty_officer")
#: Most acts are by those who could do them, or little would ever happen.
likely = st.sampled_from(("teacher", "teacher", "mother", "mother", "father", *PEOPLE))
office = st.sampled_from(("head_of_office", "head_of_office", "duty_officer", *PEOPLE))
#: Who ever may, of acts that have a name here; when they may is for the services to say.
MAY = {
    "name": ("teacher",),
    "take_out": ("teacher", "counsellor"),
    "destroy": ("head_of_office",),
    "blacken": ("teacher", "counsellor"),
    "give_clip": ("teacher",),
    "discard": ("teacher",),
    "discard_next": ("head_of_office",),
    "override": ("head_of_office", "duty_officer"),
    "share": (
        "teacher", "mother", "father", "student", "head_of_office", "duty_officer", "counsellor",
    ),
}  # fmt: skip


class BesideTheWords(RuleBasedStateMachine):
    """Rules that a record's life inherits, and how a rule tries something."""

    #: In any example: `act`, and `act: Refusal`.
    happened: ClassVar[set[str]]

    world: World
    desk: Desk
    #: Of the record that they work on, and of those that were put aside before it.
    versions: list[UUID]
    aside: list[UUID]
    states: dict[UUID, str]
    #: How many acts were taken since it was last looked at.
    accepted: int
    #: What each person read last of each version, by their mark and in words.
    marks: dict[tuple[str, UUID], str]
    words: dict[tuple[str, UUID], list[str | None]]

    @rule(by=likely, which=st.integers(0, 3))
    def read(self, by: str, which: int) -> None:
        key = (by, self._version(which))
        self._try(by, lambda v: self._keep(key, reading.read(v, key[1])))

    def _keep(self, key: tuple[str, UUID], file: reading.RecordFile) -> None:
        self.marks[key], self.words[key] = as_read.mark(file), texts_of(file)

    def _word(self, by: str, which: int, act: Callable[[Any], object]) -> None:
        """Somebody's word about what they read last, whatever was done to it since."""
        pk = self._version(which)

        def checked(viewer: Any) -> None:
            record = viewer.get(CommunicationRecord, pk)
            now, given = texts_of(reading.seen(viewer, record)), record.signatures.count()
            act(viewer)
            if record.signatures.count() > given:
                assert now == self.words.get((by, pk))

        self._try(by, checked)

    @rule(by=likely, names=st.sets(st.sampled_from(["mother", "father", "counsellor"])))
    def attend(self, by: str, names: set[str]) -> None:
        people = [
            Present(person=self.world[name].pk, capacity="OTHER", presence="PHONE")
            for name in sorted(names)
        ]
        self._try(by, lambda v: drafts.attend(v, record_id=self.versions[-1], people=people))

    @rule(
        by=likely,
        which=st.integers(0, 3),
        signer=st.sampled_from(["mother", "father", "stranger"]),
        witness=st.sampled_from(["counsellor", "head_of_office", "teacher"]),
        how=st.sampled_from(["PHONE", "REFUSED", "PAPER", "SHEET"]),
        scanned=st.integers(0, 3),
    )
    def witness(
        self, by: str, which: int, signer: str, witness: str, how: str, scanned: int
    ) -> None:
        """SHEET: on paper, and said to be one with another guardian's."""
        found = self._stored() if how in ("PAPER", "SHEET") else []
        given = Witnessed(
            signer=self.world[signer].pk,
            method="PAPER" if found else how,
            witness=self.world[witness].pk,
            reason="不同意",
            scan=found[-1 - scanned % len(found)].pk if found else None,
            same_sheet=how == "SHEET",
            as_read=self.marks.get((by, self._version(which)), ""),
        )
        self._word(
            by, which, lambda v: signatures.witness(v, record_id=self._version(which), given=given)
        )

    @rule(by=office, which=st.integers(0, 3), days=st.sampled_from([1, 1, 31]))
    def hold(self, by: str, which: int, days: int) -> None:
        """Asked for first, as long as it is a draft; who asked does not wait for ever."""
        until = self.desk.at + timedelta(days=days)
        given = {"record_id": self._version(which), "reason": "先核实情况", "until": until}
        made: list[HoldRequest] = []
        self._try("teacher", lambda v: made.append(hold_requests.ask(v, **given)))
        self._try(
            by,
            lambda v: holds.hold(
                v, record_id=self._version(which), reason="先由心理教师说明", until=until
            ),
        )
        for one in made:
            self._try("teacher", partial(hold_requests.withdraw, request_id=one.pk))

    @rule(which=st.integers(0, 3))
    def let_in(self, which: int) -> None:
        """A hold ends, or the family would do nothing any more."""
        self._try("head_of_office", lambda v: holds.release(v, record_id=self._version(which)))

    @rule(by=likely)
    def annotate(self, by: str) -> None:
        words = f"{self.desk.at:%d日%H时}另有说法"
        self._try(by, lambda v: objections.annotate(v, objection_id=self._complaint(), words=words))

    @rule(by=st.one_of(likely, office), which=st.integers(0, 3))
    def archive(self, by: str, which: int) -> None:
        self._try(by, lambda v: keeping.archive(v, record_id=self._version(which), why="handover"))

    @rule(by=office, which=st.integers(0, 3), done=st.booleans())
    def seal(self, by: str, which: int, done: bool = False) -> None:
        """Archived first, or tried as it is: both in a row would rarely be found."""
        if done:
            self.archive("teacher", which)
        reason = "德育处核实后封存"
        self._try(by, lambda v: keeping.seal(v, record_id=self._version(which), reason=reason))

    # --- help -------------------------------------------------------------------------------------

    def _try(self, by: str, act: Callable[[Any], object], name: str = "") -> bool:
        """Whether it was done; a refusal is a clear one. `name`: how `happened` calls it."""

        def inside() -> None:
            with self.desk.as_(by) as viewer:
                act(viewer)

        return self._done(by, inside, name)

    def _outside(self, by: str, act: Callable[..., object], name: str = "", **given: Any) -> bool:
        """As _try, for what opens its own scopes."""
        who = {"school_id": self.world.id, "by": self.world[by], "at": self.desk.at}
        return self._done(by, lambda: act(**who, **given), name)

    def _done(self, by: str, act: Callable[[], object], name: str) -> bool:
        try:
            act()
        except SanfangError as refusal:
            if refusal.status not in {403, 404, 409, 422}:
                raise  # no clear refusal but a fault
            self.happened.add(f"{name}: {type(refusal).__name__}")
            return False
        assert by in MAY.get(name, EVERYBODY), (by, name)
        self.happened.add(name)
        self.accepted += 1
        return True

    def _records(self, among: Sequence[UUID]) -> list[CommunicationRecord]:
        rows = CommunicationRecord.objects.filter(student=self.world.student)
        found = rows.select_related("student").filter(pk__in=among)
        return sorted(found, key=lambda record: record.version)

    def _stored(self) -> list[Attachment]:
        with tenancy.scope(self.world.id):
            return self._files()

    def _files(self) -> list[Attachment]:
        return list(Attachment.objects.order_by("uploaded_at", "pk"))

    def _version(self, place: int) -> Any:
        return self.versions[place % len(self.versions)]

    def _complaint(self) -> Any:
        latest = Objection.objects.filter(record__in=self.versions).order_by("-filed_at", "pk")
        found = latest.values_list("pk", flat=True).first()
        return found if found is not None else self.versions[0]
