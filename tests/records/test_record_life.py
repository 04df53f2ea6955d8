"""A record's life under any sequence of acts by anybody, in any order, good or bad.

After every act: a signed version says what it said, no state came about that the machine does not
know, no version is skipped, no statement, file or annotation is gone, nothing but signed pages
comes to what was signed, what is archived has no open objection, what is sealed is closed to its
author, and every refusal was a clear one.
"""

import os
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from parties import tenancy
from parties.access import Viewer
from parties.state_guards import transitions
from records import (
    communication,
    content,
    disputes,
    drafts,
    objections,
    reading,
    signatures,
)
from records.complaints import Complaint
from records.draft_input import Header, Said
from records.models import Attachment, CommunicationRecord, Objection, Signature, Statement
from tests.factories import build_world
from tests.records.desk import Desk
from tests.records.life_acts import BesideTheWords, likely
from tests.records.uploads import files

pytestmark = pytest.mark.django_db

#: Of one record at most one version is in one of these.
STANDING = ("EFFECTIVE", "UNDER_OBJECTION", "ARCHIVED")
LEGAL = transitions(CommunicationRecord, "state")
WORTH_REACHING = {
    ("PENDING_SIGNATURES", 1), ("EFFECTIVE", 1), ("UNDER_OBJECTION", 1), ("SUPERSEDED", 1),
    ("DRAFT", 2), ("EFFECTIVE", 2), ("UNDER_OBJECTION", 2), ("ARCHIVED", 1), ("SEALED", 1),
}  # fmt: skip

DEEP = 400
EXAMPLES = DEEP if os.environ.get("SANFANG_TEST_DEPTH") == "deep" else 20
#: The first comes to all of WORTH_REACHING by itself, unless other tests loaded modules before:
#: hypothesis draws on the constants that it finds in them. Then the next ones go on.
SEEDS = (5, 6, 7, 8)


class Life(BesideTheWords):
    """One student's record, and ten people who do whatever they like."""

    #: States that some example came to, with version 1 or a later one.
    reached: ClassVar[set[tuple[str, int]]] = set()

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(self.world)
        first = self.desk.drafted()
        self.versions = [first.pk]
        self.signed: dict[Any, bytes] = {}
        self.states: dict[Any, str] = {first.pk: "DRAFT"}
        self.said: set[Any] = set()
        self.files: set[Any] = set()
        self.frozen: dict[Any, set[Any]] = {}
        self.annotated: dict[Any, list[str]] = {}
        self.picture = files.jpeg()
        self.refused = 0
        self.marks: dict[Any, str] = {}
        self.words: dict[Any, list[str | None]] = {}

    # --- acts -------------------------------------------------------------------------------------

    @rule(by=likely, text=st.sampled_from(["又谈了一次。", "家里欠债。", "今天准时到校。"]))
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
        self._try(by, lambda v: communication.check(v, record_id=self.versions[-1]))

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
        with tenancy.scope(self.world.id):
            standing = [one.pk for one in self._records() if one.state == "EFFECTIVE"]
        self.complain(by, self.versions.index((standing or self.versions)[-1]), "WRONG")

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
        with tenancy.scope(self.world.id):
            standing = [one.pk for one in self._records() if one.state == "EFFECTIVE"]
        which = self.versions.index((standing or self.versions)[-1])
        self.archive("teacher", which)
        if seals:
            self.seal("head_of_office", which)

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
        made: list[CommunicationRecord] = []
        self._try(
            by,
            lambda v: made.append(communication.next_version(v, record_id=self.versions[-1])),
        )
        for record in made:
            self.versions.append(record.pk)
            self.states[record.pk] = "DRAFT"

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
                self.versions.append(newer)
                self.states[newer] = "DRAFT"

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        with tenancy.scope(self.world.id):
            found = sorted(self._records(), key=lambda record: record.version)
            for record in found:
                self._signed_is_unchanged(record)
                self._state_was_reached_legally(record)
            assert [record.version for record in found] == list(range(1, len(found) + 1))
            standing = [one for one in found if one.state in STANDING]
            assert len(standing) <= 1
            self._put_away_as_promised(found)
            rows = Statement.objects.filter(record__in=self.versions)
            now = set(rows.values_list("pk", flat=True))
            files_now = {one.pk for one in self._files()}
            self._files_are_what_was_signed(found)
            annotated = self._annotated()
        assert self.said <= now  # no statement is lost
        assert self.files <= files_now  # destroyed or not, the row stays
        for pk, before in self.annotated.items():
            assert annotated[pk][: len(before)] == before  # added to, never replaced
        self.said, self.files, self.annotated = now, files_now, annotated

    def _put_away_as_promised(self, found: list[CommunicationRecord]) -> None:
        disputed = Objection.objects.filter(state__in=disputes.OPEN)
        for record in found:
            if record.state == "ARCHIVED":
                assert not disputed.filter(record=record).exists()
            if record.state == "SEALED":
                viewer = Viewer.load(self.world["teacher"], at=self.desk.at)
                file = reading.seen(viewer, viewer.get(CommunicationRecord, record.pk))
                assert [*file.statements, *file.attachments, *file.signatures] == []

    def _files_are_what_was_signed(self, found: list[CommunicationRecord]) -> None:
        """Nothing but signed pages comes to a signed version, each under one word or one sheet."""
        files = self._files()
        for record in found:
            if record.signed_at is not None:
                plain = {one.pk for one in files if one.record_id == record.pk and _plain(one)}
                assert self.frozen.setdefault(record.pk, plain) == plain
        pages = {one.pk: one for one in files if not _plain(one)}
        given = [one for one in Signature.objects.order_by("at", "pk") if one.method == "PAPER"]
        for word in given:
            assert word.scan_id is not None
            assert pages[word.scan_id].record_id == word.record_id
        alone = [word.scan_id for word in given if not word.shares_sheet]
        assert len(alone) == len(set(alone))

    def _signed_is_unchanged(self, record: CommunicationRecord) -> None:
        if record.signed_at is None:
            return
        assert record.state not in ("DRAFT", "CHECKED")
        assert content.is_intact(record)
        kept = self.signed.setdefault(record.pk, bytes(record.content_hash or b""))
        assert kept == bytes(record.content_hash or b"")
        proofs = Signature.objects.filter(record=record).values_list("proof", flat=True)
        assert {bytes(proof) for proof in proofs} == {kept}

    def _state_was_reached_legally(self, record: CommunicationRecord) -> None:
        before, now = self.states[record.pk], str(record.state)
        assert before == now or self._reachable(before, now), (before, now)
        self.states[record.pk] = now
        self.reached.add((now, min(record.version, 2)))

    # --- help -------------------------------------------------------------------------------------

    def _records(self) -> list[CommunicationRecord]:
        rows = CommunicationRecord.objects.filter(student=self.world.student)
        return list(rows.select_related("student").filter(pk__in=self.versions))

    def _statement(self, place: int) -> Statement:
        with tenancy.scope(self.world.id):
            rows = list(Statement.objects.filter(record=self.versions[-1]).order_by("place"))
        return rows[place % len(rows)]

    @staticmethod
    def _reachable(before: str, now: str) -> bool:
        """One rule makes a few moves at most, e.g. check, offer, sign, sign and take effect."""
        reached, edge = {before}, {before}
        for _ in range(4):
            edge = {target for source, target in LEGAL if source in edge}
            reached |= edge
        return now in reached


def _plain(file: Attachment) -> bool:
    return str(file.kind) == "FILE"


def test_no_sequence_of_acts_breaks_a_record(db: None) -> None:
    Life.world = build_world()
    for number in SEEDS:
        if EXAMPLES < DEEP:  # else another wording of Life would be another set of examples
            seed(number)(Life)
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=40,
                suppress_health_check=list(HealthCheck),
                deadline=None,
                # The same examples each time, but for the deep run: what is reached is asserted.
                derandomize=EXAMPLES < DEEP,
            ),
        )
        if Life.reached >= WORTH_REACHING:
            break

    # A machine that never signs anything would find nothing, and look as green.
    assert Life.reached >= WORTH_REACHING
