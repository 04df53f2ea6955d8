"""Acts on the words of a record, for its random life: written, checked, offered, signed, disputed,
written anew. What of them is usual comes in one go as well, or it would rarely come about.
"""

from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import rule

from parties import tenancy
from records import communication, drafts, objections, signatures
from records.complaints import Complaint
from records.draft_input import Header, Said
from records.models import CommunicationRecord, Objection, Statement
from tests.records.life_acts import BesideTheWords, likely

#: Its author may keep it in what is signed; outside of the school it does not go by itself.
DISCOURAGED = "上课走神"
TEXTS = ("又谈了一次。", "家里欠债。", "今天准时到校。", f"该生{DISCOURAGED}。")


class OfItsWords(BesideTheWords):
    """What its author writes, and what both sides say of it."""

    @rule(by=likely, text=st.sampled_from(TEXTS))
    def add(self, by: str, text: str) -> None:
        said = Said(section="FACT", source="TEACHER", text=text)
        self._try(by, lambda v: drafts.state(v, record_id=self.versions[-1], said=said))

    @rule(by=likely, place=st.integers(0, 4))
    def change_words(self, by: str, place: int) -> None:
        said = Said(section="FACT", source="TEACHER", text="改过的话。")
        one = self._statement(place)
        self._try(
            by,
            lambda v: drafts.restate(v, record_id=one.record_id, statement_id=one.pk, said=said),
        )

    @rule(by=likely, place=st.integers(0, 4))
    def withdraw_words(self, by: str, place: int) -> None:
        one = self._statement(place)
        self._try(by, lambda v: drafts.retract(v, record_id=one.record_id, statement_id=one.pk))

    @rule(by=likely)
    def change_header(self, by: str) -> None:
        header = Header(trigger="VISIT", started_at=self.desk.at, place_kind="PHONE")
        self._try(by, lambda v: drafts.change(v, record_id=self.versions[-1], header=header))

    @rule(by=likely)
    def check(self, by: str) -> None:
        given: dict[str, Any] = {"record_id": self.versions[-1], "confirmed": [DISCOURAGED]}
        self._try(by, lambda v: communication.check(v, **given))

    @rule(by=likely)
    def offer(self, by: str) -> None:
        self._try(by, lambda v: communication.offer(v, record_id=self.versions[-1]))

    @rule(family=st.sampled_from(["mother", "father"]), signs=st.booleans())
    def finish(self, family: str, signs: bool) -> None:
        """What usually happens, in one go: the machine would rarely find it by itself."""
        self.check("teacher")
        self.offer("teacher")
        latest = len(self.versions) - 1
        for who in ("teacher", family):
            self.read(who, latest)
        self.sign("teacher", latest, "IN_APP")
        if signs:
            self.sign(family, latest, "LINK")
        else:
            self.refuse(family, latest)

    @rule(by=st.sampled_from(["mother", "father", "student"]))
    def complain_at_home(self, by: str) -> None:
        """About the version that stands, or the newest."""
        self.complain(by, self._standing(), "WRONG")

    @rule(by=st.sampled_from(["teacher", "mother", "father"]))
    def offer_and_sign_once(self, by: str) -> None:
        self.check("teacher")
        self.offer("teacher")
        self.read(by, len(self.versions) - 1)
        self.sign(by, len(self.versions) - 1, "LINK")

    @rule(by=st.sampled_from(["teacher", "mother", "father"]), changes=st.booleans())
    def sign_what_was_taken_back(self, by: str, changes: bool) -> None:
        """Read, then perhaps changed by its author before the word is given."""
        latest = len(self.versions) - 1
        self.check("teacher")
        self.offer("teacher")
        self.read(by, latest)
        self.recall("teacher")
        if changes:
            self.add("teacher", "又谈了一次。")
        self.check("teacher")
        self.offer("teacher")
        self.sign(by, latest, "LINK")

    @rule(reply=st.sampled_from(["ACCEPTED", "REFUSED"]))
    def be_answered(self, reply: str) -> None:
        self.answer("teacher", reply)

    @rule(verb=st.sampled_from(["content", "insist", "withdraw"]))
    def end_at_home(self, verb: str) -> None:
        self.end_complaint("mother", verb)

    @rule()
    def begin_next(self) -> None:
        self.write_next("teacher")

    @rule()
    def correct_what_is_corrected(self) -> None:
        self.write_next("teacher")
        self.finish("mother", signs=True)
        self.complain_at_home("mother")

    @rule(seals=st.booleans())
    def put_away(self, seals: bool) -> None:
        """What stands, by those who usually do it."""
        self.finish("mother", signs=True)
        which = self._standing()
        self.archive("teacher", which)
        if seals:
            self.seal("head_of_office", which)
            self.seal("head_of_office", 0)

    @rule(by=likely)
    def recall(self, by: str) -> None:
        self._try(by, lambda v: communication.recall(v, record_id=self.versions[-1]))

    @rule(by=likely, which=st.integers(0, 3), how=st.sampled_from(["IN_APP", "LINK", "PHONE"]))
    def sign(self, by: str, which: int, how: str) -> None:
        pk = self._version(which)
        read = self.marks.get((by, pk), "")
        self._word(by, which, lambda v: signatures.sign(v, record_id=pk, method=how, as_read=read))

    @rule(by=likely, which=st.integers(0, 3))
    def refuse(self, by: str, which: int) -> None:
        pk = self._version(which)
        given = {"reason": "不同意", "as_read": self.marks.get((by, pk), "")}
        self._word(by, which, lambda v: signatures.refuse(v, record_id=pk, **given))

    @rule(by=likely)
    def write_next(self, by: str) -> None:
        """After what was not put aside; where all of it was, another record is begun."""
        last = self._last()
        if last is None:
            self._begin_another()
            return
        made: list[CommunicationRecord] = []
        self._try(
            by, lambda v: made.append(communication.next_version(v, record_id=last)), "write_next"
        )
        for record in made:
            self._add_version(record.pk)

    @rule(by=likely, which=st.integers(0, 3), ground=st.sampled_from(["WRONG", "CONSENT"]))
    def complain(self, by: str, which: int, ground: str) -> None:
        complaint = Complaint(ground=ground, wish="CORRECT", words="不对")
        self._try(
            by,
            lambda v: objections.file(v, record_id=self._version(which), complaint=complaint),
        )

    @rule(by=likely, verb=st.sampled_from(["content", "insist", "withdraw"]))
    def end_complaint(self, by: str, verb: str) -> None:
        self._try(by, lambda v: getattr(objections, verb)(v, objection_id=self._complaint()))

    @rule(by=likely, reply=st.sampled_from(["ACCEPTED", "REFUSED"]))
    def answer(self, by: str, reply: str) -> None:
        made: list[Objection] = []
        self._try(
            by,
            lambda v: made.append(
                objections.answer(v, objection_id=self._complaint(), reply=reply, words="因为")
            ),
        )
        for objection in made:
            newer = objection.correction_id
            if newer is not None and newer not in self.versions:
                self._add_version(newer)

    # --- help -------------------------------------------------------------------------------------

    def _begin_another(self) -> None:
        self.aside += self.versions
        self.versions = []
        self._add_version(self.desk.drafted().pk)
        self.accepted += 1

    def _add_version(self, pk: Any) -> None:
        self.versions.append(pk)
        self.states[pk] = "DRAFT"

    def _last(self) -> Any:
        with tenancy.scope(self.world.id):
            found = [one for one in self._records(self.versions) if one.state != "DISCARDED"]
        return found[-1].pk if found else None

    def _standing(self) -> int:
        """The place of the version that stands, or of the newest."""
        with tenancy.scope(self.world.id):
            found = self._records(self.versions)
        standing = [one.pk for one in found if one.state == "EFFECTIVE"]
        return self.versions.index((standing or self.versions)[-1])

    def _statement(self, place: int) -> Statement:
        with tenancy.scope(self.world.id):
            rows = list(Statement.objects.filter(record=self.versions[-1]).order_by("place"))
        return rows[place % len(rows)]
