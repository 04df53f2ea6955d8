"""How a record leaves the desk otherwise than signed, for its random life: a draft is put aside, a
copy leaves the school or is held back, 德育处 lets it through; and what holds of both.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import rule

from ledger.models import Event
from records import disputes, record_copies, sharing
from records.models import CommunicationRecord, SharingOverride, Statement
from records.record_copies import Copy, Purpose
from tests.records.life_acts import likely, office
from tests.records.life_files import OfItsFiles
from tests.records.life_words import DISCOURAGED
from workflow import communication

WHY = "写重了，另有一份记录。"
REASON = "法院调取，须提供签字原文。"
HOME = ("mother", "father", "student")

reasons = st.sampled_from([WHY, WHY, WHY, "急"])
purposes = st.sampled_from(["authority", "talk", "keep"])


class OfItsEnds(OfItsFiles):
    """What is put aside, and what leaves."""

    #: Who put each draft aside and why, and what it says.
    put_aside: dict[UUID, tuple[Any, ...]]
    let_through: dict[UUID, tuple[Any, ...]]

    # --- acts -------------------------------------------------------------------------------------

    @rule(by=likely, reason=reasons)
    def discard(self, by: str, reason: str) -> None:
        given = {"record_id": self.versions[-1], "reason": reason, "seen": None}
        self._put_aside(by, communication.discard, "discard", **given)

    @rule(by=office, which=st.integers(0, 3), reason=reasons)
    def discard_next(self, by: str, which: int, reason: str) -> None:
        given = {"record_id": self._version(which), "reason": reason}
        self._put_aside(by, communication.discard_next, "discard_next", **given)

    @rule(by=st.sampled_from(["teacher", "head_of_office"]), offered=st.booleans())
    def begin_and_put_aside(self, by: str, offered: bool) -> None:
        """By its author, or from the version before by who may not see it."""
        before = self._standing()
        self.write_next("teacher")
        if offered:
            self.check("teacher")
            self.offer("teacher")
        if by == "teacher":
            self.discard(by, WHY)
        else:
            self.discard_next(by, before, WHY)

    @rule(by=st.one_of(likely, office), which=st.integers(0, 3), purpose=purposes)
    def share(self, by: str, which: int, purpose: str) -> None:
        made: list[Copy] = []
        pk, why = self._version(which), Purpose(purpose)
        self._outside(
            by,
            lambda **who: made.append(record_copies.export(**who, form="json", purpose=why)),
            "share", record_id=pk,
        )  # fmt: skip
        if made and by not in HOME and why.leaves_school:
            self._may_leave(pk, made[0])

    @rule(by=office, which=st.integers(0, 3), reason=st.sampled_from([REASON, REASON, "急"]))
    def let_out(self, by: str, which: int, reason: str) -> None:
        pk = self._version(which)
        self._try(by, lambda v: sharing.override(v, record_id=pk, reason=reason), "override")

    @rule(by=office)
    def let_out_what_is_held_back(self, by: str) -> None:
        """A discouraged word that is signed, tried before and after somebody decided."""
        self.recall("teacher")
        self.write_next("teacher")
        self.add("teacher", f"该生{DISCOURAGED}。")
        self.finish("mother", signs=True)
        which = self._standing()
        self.share("teacher", which, "authority")
        self.let_out(by, which, REASON)
        self.share("teacher", which, "authority")

    # --- what always holds ------------------------------------------------------------------------

    def _put_aside(self, by: str, act: Callable[..., object], name: str, **given: Any) -> None:
        """Not a word of any version becomes another one by it."""
        before = self._all_said()
        self._outside(by, act, name, **given)
        assert self._all_said() == before

    def _all_said(self) -> list[tuple[Any, ...]]:
        with self.desk.as_("teacher"):
            rows = Statement.objects.filter(record__in=self._everything()).order_by("pk")
            return [(one.pk, one.text, one.withdrawn_at, one.place) for one in rows]

    def _may_leave(self, pk: UUID, copy: Copy) -> None:
        """Nothing disputed, and no discouraged word but one that 德育处 let through here."""
        with self.desk.as_("teacher"):
            record = CommunicationRecord.objects.get(pk=pk)
            assert not disputes.is_open(record)
            decided = SharingOverride.objects.filter(record=record)
            phrases = {phrase for one in decided for phrase in one.phrases}
        assert DISCOURAGED in phrases or DISCOURAGED not in copy.data.decode()

    def _stays_put_aside(self, found: Sequence[CommunicationRecord]) -> None:
        """Its row, the reason and its words; and the ledger says who did it."""
        for record in (one for one in found if one.state == "DISCARDED"):
            rows = Statement.objects.filter(record=record).order_by("place", "pk")
            said = tuple((one.pk, one.text, one.withdrawn_at) for one in rows)
            now = (record.discarded_by_id, record.discarded_at, record.discard_reason, said)
            if record.pk not in self.put_aside:
                of_it = Event.objects.filter(subject_id=record.pk, kind="record.discarded")
                assert of_it.values_list("actor", flat=True).get() == record.discarded_by_id
            assert self.put_aside.setdefault(record.pk, now) == now
            assert (record.signed_at, record.discard_reason) == (None, WHY)

    def _let_through_as_decided(self, found: Sequence[CommunicationRecord]) -> None:
        """By the office, of what is signed, with a reason; and none of it changes or goes."""
        rows = SharingOverride.objects.filter(record__in=found)
        now = {
            one.pk: (one.record_id, one.by_id, one.at, one.reason, tuple(one.phrases))
            for one in rows
        }
        assert self.let_through.items() <= now.items()
        signed = {record.pk for record in found if record.signed_at is not None}
        decide = {self.world[name].pk for name in ("head_of_office", "duty_officer")}
        for of, by, _, reason, phrases in now.values():
            assert (of in signed, by in decide, reason) == (True, True, REASON)
            assert phrases
        self.let_through = now
