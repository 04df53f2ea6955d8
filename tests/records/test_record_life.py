"""A record's life under any sequence of acts by anybody, in any order, good or bad.

After every act: a signed version says what it said and has what it had, word by word and byte by
byte; no state came about that the machine does not know, no version is skipped, no statement, word,
file or annotation is gone, nothing but signed pages comes to what was signed, what is archived has
no open objection, what is sealed is closed to its author, what was put aside stays so with its
reason, nothing leaves the school but as somebody decided; every refusal was a clear one, and after
it everything is as before.
"""

import os
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, ClassVar
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from parties import tenancy
from parties.access import Viewer
from parties.state_guards import transitions
from records import annotations, content, disputes, reading
from records.models import (
    Attachment,
    CommunicationRecord,
    NotedWord,
    Objection,
    Signature,
    Statement,
    TakenBack,
)
from records.uploads import apart, cleaning
from tests.factories import World, build_world
from tests.records.desk import Desk
from tests.records.life_ends import REASON, WHY, OfItsEnds

pytestmark = pytest.mark.django_db

#: Of one record at most one version is in one of these.
STANDING = ("EFFECTIVE", "UNDER_OBJECTION", "ARCHIVED")
LEGAL = transitions(CommunicationRecord, "state")
WORTH_REACHING = {
    ("PENDING_SIGNATURES", 1), ("EFFECTIVE", 1), ("UNDER_OBJECTION", 1), ("SUPERSEDED", 1),
    ("DRAFT", 2), ("EFFECTIVE", 2), ("UNDER_OBJECTION", 2), ("ARCHIVED", 1), ("SEALED", 1),
    ("DISCARDED", 1), ("DISCARDED", 2),
}  # fmt: skip
#: Done by who may, and refused to who may not, or where it may not be.
WORTH_TRYING = {
    "name", "name: NotAllowed",
    "take_out", "take_out: NotAllowed", "take_out: StillNeeded",
    "destroy", "destroy: NotAllowed",
    "blacken", "blacken: NotAllowed", "blacken: WrongState",
    "give_clip", "give_clip: WrongState",
    "discard", "discard: NotAllowed", "discard: WrongState", "discard: InvalidInput",
    "discard_next", "discard_next: NotAllowed", "discard_next: WrongState",
    "override", "override: NotAllowed", "override: WrongState", "override: InvalidInput",
    "share", "share: NotAllowed", "share: InvalidInput",
}  # fmt: skip

WORTH_DOING = {one for one in WORTH_TRYING if ":" not in one}
OF_FILES = ("name", "take_out", "destroy", "blacken", "give_clip")

DEEP = 400
EXAMPLES = DEEP if os.environ.get("SANFANG_TEST_DEPTH") == "deep" else 10
#: Ten examples each: of more, hypothesis makes the later ones by repeating parts of the first. It
#: draws on the constants of the modules that it finds loaded, so how many it takes may change.
SEEDS = (8, 6, 7, 5, *range(9, 15))


@pytest.fixture(autouse=True)
def decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture by the same decoder without a child process, which takes longer than all the rest
    of an act; the child has tests of its own."""
    monkeypatch.setattr(cleaning, "decode", apart.decode_here)


class Life(OfItsEnds):
    """One student's record, and ten people who do whatever they like."""

    #: States that some example came to, with version 1 or a later one; and what was tried.
    reached: ClassVar[set[tuple[str, int]]] = set()
    happened: ClassVar[set[str]] = set()

    @initialize(gives_up=st.sampled_from([False, False, False, True]))
    def begin(self, gives_up: bool = False) -> None:
        """Some begin after a draft that was put aside at once."""
        self.desk = Desk(self.world)
        self.versions, self.aside, self.elsewhere = [], [], []
        self.accepted = 0
        self.states: dict[UUID, str] = {}
        self.marks, self.words = {}, {}
        self.signed: dict[UUID, bytes] = {}
        self.spoken: dict[Any, Any] = {}
        self.annotated: dict[Any, list[str]] = {}
        self.sent, self.facts, self.sealed = [], {}, {}
        self.frozen, self.classed, self.kept, self.gone = {}, {}, set(), set()
        self.put_aside, self.let_through = {}, {}
        self.before: Any = None
        self._begin_another()
        if gives_up:
            self.discard("teacher", WHY)
            self._begin_another()

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        with tenancy.scope(self.world.id):
            found = self._records(self._everything())
            stored = list(Attachment.objects.filter(record_id__in=self._everything()))
            for record in found:
                self._signed_is_unchanged(record)
                self._state_was_reached_legally(record)
            self._versions_follow_one_another(found)
            self._put_away_as_promised(found)
            self._files_are_what_was_signed(found, stored)
            self._stays_put_aside(found)
            self._let_through_as_decided(found)
            self._nothing_said_is_lost(found)
            self._refusals_change_nothing(found, stored)
        self._bytes_are_kept(stored)
        assert self.facts.keys() == {one.pk for one in stored}  # destroyed or not, the row stays

    def _versions_follow_one_another(self, found: Sequence[CommunicationRecord]) -> None:
        numbered = sorted(found, key=lambda record: (record.record_no, record.version))
        for _, each in groupby(numbered, key=lambda record: record.record_no):
            chain = list(each)
            assert [record.version for record in chain] == list(range(1, len(chain) + 1))
            assert len([one for one in chain if one.state in STANDING]) <= 1

    def _put_away_as_promised(self, found: Sequence[CommunicationRecord]) -> None:
        disputed = Objection.objects.filter(state__in=disputes.OPEN)
        for record in found:
            if record.state == "ARCHIVED":
                assert not disputed.filter(record=record).exists()
            if record.state == "SEALED":
                viewer = Viewer.load(self.world["teacher"], at=self.desk.at)
                file = reading.seen(viewer, viewer.get(CommunicationRecord, record.pk))
                assert [*file.statements, *file.attachments, *file.signatures] == []

    def _nothing_said_is_lost(self, found: Sequence[CommunicationRecord]) -> None:
        """Rows stay, and whatever somebody gave their word with stays as they gave it."""
        given = Signature.objects.filter(record__in=found).order_by("pk")
        objected = list(Objection.objects.filter(record__in=found).prefetch_related("annotations"))
        texts = TakenBack.objects.filter(record__in=found)
        spoken: dict[Any, Any] = {
            **{one.pk: _given(one) for one in given},
            **{one.pk: (one.filed_by_id, one.words, one.receipt_no) for one in objected},
            **dict.fromkeys(Statement.objects.filter(record__in=found).values_list("pk")),
            **dict.fromkeys(texts.values_list("pk")),
            **dict.fromkeys(NotedWord.objects.filter(text__in=texts).values_list("pk")),
        }
        assert self.spoken.items() <= spoken.items()
        annotated = {one.pk: [each.words for each in annotations.of(one)] for one in objected}
        for pk, before in self.annotated.items():
            assert annotated[pk][: len(before)] == before  # added to, never replaced
        self.spoken, self.annotated = spoken, annotated

    def _refusals_change_nothing(
        self, found: Sequence[CommunicationRecord], stored: Sequence[Attachment]
    ) -> None:
        now = (
            {(one.pk, str(one.state), one.edits, one.held_until) for one in found},
            {(one.pk, str(one.state), str(one.redaction), one.sensitivity) for one in stored},
            (self.spoken, self.annotated, self.let_through),
        )
        assert self.accepted or now == self.before
        self.accepted, self.before = 0, now

    def _signed_is_unchanged(self, record: CommunicationRecord) -> None:
        if record.signed_at is None:
            return
        assert record.state not in ("DRAFT", "CHECKED", "DISCARDED")
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

    @staticmethod
    def _reachable(before: str, now: str) -> bool:
        """One rule makes a few moves at most: check, offer, sign and take effect, archive, seal."""
        reached, edge = {before}, {before}
        for _ in range(5):
            edge = {target for source, target in LEGAL if source in edge}
            reached |= edge
        return now in reached


def _given(one: Signature) -> tuple[Any, ...]:
    return (
        one.record_id, one.signer_id, one.recorded_by_id, one.witness_id, one.method, one.reason,
        one.note, one.at, one.scan_id, bytes(one.proof),
    )  # fmt: skip


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
        if Life.reached >= WORTH_REACHING and Life.happened >= WORTH_DOING:
            break

    # A machine that never signs anything would find nothing, and look as green.
    assert Life.reached >= WORTH_REACHING
    assert Life.happened >= WORTH_DOING


class Once(Life):
    """The same, led by hand."""

    reached: ClassVar[set[tuple[str, int]]] = set()
    happened: ClassVar[set[str]] = set()


def _led(world: World, *acts: Callable[[Life], None]) -> set[str]:
    """What happened; after each act everything is looked at."""
    Once.world, life = world, Once()
    Once.happened.clear()
    life.begin()
    life.everything_holds()
    for act in acts:
        act(life)
        life.everything_holds()
    return set(Once.happened)


def test_a_named_file_is_led_through_all_that_may_befall_it(world: World) -> None:
    happened = _led(
        world,
        lambda life: life.lay_on_the_table("FILE", "offered", at_the_counsellors=False),
        lambda life: life.take_out("mother", 0, others=False),
        lambda life: life.take_out("teacher", 0, others=True),
        lambda life: life.prepare("mother", "OTHER", 0),
        lambda life: life.hide_others("mother", 0, "left"),
        lambda life: life.hide_others("teacher", 0, "left"),
        lambda life: life.take_from_the_table("teacher", "draft", others=True, whose=False),
        lambda life: life.take_from_the_table("counsellor", "offered", others=False, whose=True),
        lambda life: life.hide_on_the_table("teacher", "CLIP", "draft", "left"),
        lambda life: life.hide_on_the_table("teacher", "CLIP", "signed", "left"),
        lambda life: life.hide_on_the_table("teacher", "FILE", "signed", "left"),
        lambda life: life.destroy("duty_officer", 0),
        lambda life: life.destroy("head_of_office", 0),
    )

    assert happened >= {one for one in WORTH_TRYING if one.split(":")[0] in OF_FILES}


def test_a_draft_is_led_to_being_put_aside(world: World) -> None:
    happened = _led(
        world,
        lambda life: life.attach("teacher", 0),
        lambda life: life.discard("teacher", "急"),
        lambda life: life.discard("teacher", WHY),
        lambda life: life.take_out("mother", 0, others=False),
        lambda life: life.write_next("teacher"),
        lambda life: life.finish("mother", signs=True),
        lambda life: life.discard("mother", WHY),
        lambda life: life.discard("teacher", WHY),
        lambda life: life.discard_next("duty_officer", 0, WHY),
        lambda life: life.discard_next("head_of_office", 0, WHY),
        lambda life: life.begin_and_put_aside("head_of_office", offered=True),
        lambda life: life.begin_and_put_aside("teacher", offered=False),
        lambda life: life.begin_next(),
    )

    assert happened >= {one for one in WORTH_TRYING if one.split(":")[0].startswith("discard")}


def test_what_leaves_is_led_past_a_decision(world: World) -> None:
    happened = _led(
        world,
        lambda life: life.check("teacher"),
        lambda life: life.offer("teacher"),
        lambda life: life.let_out("duty_officer", 0, REASON),
        lambda life: life.recall("teacher"),
        lambda life: life.let_out_what_is_held_back("teacher"),
        lambda life: life.let_out("duty_officer", 0, "急"),
        lambda life: life.let_out("duty_officer", 0, REASON),
        lambda life: life.share("grade_leader", 0, "keep"),
        lambda life: life.share("teacher", 0, "talk"),
        lambda life: life.complain_at_home("mother"),
        lambda life: life.share("teacher", 0, "talk"),
    )

    assert happened >= {one for one in WORTH_TRYING if one.split(":")[0] in ("share", "override")}
    assert "share: WrongState" in happened
