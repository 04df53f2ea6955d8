"""Acts on the files of a record, for its random life: sent, named as what lay on the table, taken
out, destroyed, made black; and what holds for every file whatever was done.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from hypothesis.stateful import rule

from parties import tenancy
from parties.access import Viewer
from records import attachments, destroying, drafts, redacting, vault
from records.attachments import Upload
from records.draft_input import Prepared
from records.models import Attachment, CommunicationRecord, PreparedItem, Signature
from records.uploads.redaction import Area
from tests.records.life_acts import likely, office
from tests.records.life_words import OfItsWords
from tests.records.uploads import files

PICTURE = Upload(source=files.jpeg(), name="照片.jpg", media_type="image/jpeg")
CLIP = Upload(source=files.mp4(samples=b"two faces" * 8), name="课间.mp4", media_type="video/mp4")
HIDDEN = Upload(source=files.mp4(samples=b"one face " * 8), name="遮.mp4", media_type="video/mp4")
HALVES = {"left": Area(0, 0, 0.5, 1), "right": Area(0.5, 0, 1, 1)}
#: A point of each half, far from the other one.
INSIDE = {"left": (5, 5), "right": (60, 5)}
DARK = 40  # of 255: a JPEG is never quite black
WHY = {"why": "others", "reason": "照片里有别的学生"}

kinds = st.sampled_from(["FILE", "FILE", "CLIP", "SIGNED_PAGE"])
halves = st.sampled_from(sorted(HALVES))
newest = st.integers(0, 3)


class OfItsFiles(OfItsWords):
    """What lies with a record, and what becomes of it."""

    #: Of another draft about the student, which its author alone knows of.
    elsewhere: list[UUID]
    #: In the order of their coming: time stands still here.
    sent: list[UUID]
    #: What each file is, how it lies on the disk, and how it is classed once it was signed with.
    facts: dict[UUID, tuple[Any, ...]]
    sealed: dict[UUID, bytes]
    classed: dict[tuple[UUID, UUID], tuple[str, str]]
    #: Record and file that was there when it was signed; which went all the same, as it might.
    kept: set[tuple[UUID, UUID]]
    gone: set[tuple[UUID, UUID]]
    #: Plain files of each signed version.
    frozen: dict[UUID, set[UUID]]

    # --- acts -------------------------------------------------------------------------------------

    @rule(by=likely, which=st.integers(0, 3), kind=kinds, others=st.booleans())
    def attach(self, by: str, which: int, kind: str = "FILE", others: bool = False) -> None:
        self._attach(by, self._version(which), kind, others=others)

    @rule(
        by=likely,
        kind=st.sampled_from(["TRANSCRIPT", "PSY_REPORT", "OTHER"]),
        named=st.none() | newest,
    )
    def prepare(self, by: str, kind: str, named: int | None) -> None:
        """`named`: the file that lay there, also one of another record."""
        found = None if named is None else self._file(named)
        item = Prepared(
            kind=kind, note="已打印", attachment=found.pk if found else None,
            basis="DUTY", duty="TALK", basis_note="德育处交办",
        )  # fmt: skip
        name = "name" if found else "prepare"
        self._try(by, lambda v: drafts.prepare(v, record_id=self.versions[-1], items=[item]), name)

    @rule(by=likely, which=newest, others=st.booleans())
    def take_out(self, by: str, which: int, others: bool) -> None:
        if found := self._file(which):
            given = {"attachment_id": found.pk, "shows_others": others}
            self._outside(by, destroying.take_out, "take_out", **given)

    @rule(by=office, which=newest)
    def destroy(self, by: str, which: int) -> None:
        if found := self._file(which):
            self._outside(by, destroying.destroy, "destroy", attachment_id=found.pk, **WHY)

    @rule(by=likely, which=newest, half=halves)
    def hide_others(self, by: str, which: int, half: str) -> None:
        """Part of a picture made black, or another version of a clip."""
        found = self._file(which)
        if found is None:
            return
        given: dict[str, Any] = {"attachment_id": found.pk}
        if redacting.is_clip(found):
            made = self._store(by, redacting.give_clip, "give_clip", **given, clip=HIDDEN)
        else:
            areas = [HALVES[half]]
            made = self._store(by, redacting.redact, "blacken", **given, areas=areas)
        for one in made:
            self._hides(one, found, half)

    @rule(
        signer=st.sampled_from(["mother", "father"]),
        which=st.integers(0, 3),
        how=st.sampled_from(["PAPER", "SHEET"]),
    )
    def sign_on_paper(self, signer: str, which: int, how: str) -> None:
        """A page and the word that stands on it: each by itself would rarely meet the other."""
        self.read("teacher", which)
        self.attach("duty_officer", which, "SIGNED_PAGE")
        self.witness("teacher", which, signer, "duty_officer", how, 0)

    @rule(
        by=st.sampled_from(["teacher", "teacher", "counsellor", "mother"]),
        kind=st.sampled_from(["FILE", "FILE", "CLIP"]),
        until=st.sampled_from(["draft", "offered", "signed"]),
        half=halves,
    )
    def hide_on_the_table(self, by: str, kind: str, until: str, half: str) -> None:
        """Of what a record rests on, as far as it had come."""
        self.lay_on_the_table(kind, until, at_the_counsellors=False)
        self.hide_others(by, 0, half)

    @rule(
        by=st.sampled_from(["teacher", "teacher", "counsellor", "mother"]),
        until=st.sampled_from(["draft", "offered", "signed"]),
        others=st.booleans(),
        whose=st.booleans(),
    )
    def take_from_the_table(self, by: str, until: str, others: bool, whose: bool) -> None:
        self.lay_on_the_table("FILE", until, at_the_counsellors=whose)
        self.take_out(by, 0, others)

    @rule(until=st.sampled_from(["offered", "signed"]), whose=st.booleans())
    def destroy_on_the_table(self, until: str, whose: bool) -> None:
        self.lay_on_the_table("FILE", until, at_the_counsellors=whose)
        self.destroy("head_of_office", 0)

    # --- help -------------------------------------------------------------------------------------

    def lay_on_the_table(self, kind: str, until: str, *, at_the_counsellors: bool) -> None:
        """A new file named as prepared material: of the record itself, or of one elsewhere."""
        self.recall("teacher")
        self.write_next("teacher")
        latest = len(self.versions) - 1
        by = "counsellor" if at_the_counsellors else "teacher"
        self._attach(by, self._elsewhere() if at_the_counsellors else self.versions[-1], kind)
        self.prepare("teacher", "OTHER", 0)
        if until != "draft":
            self.check("teacher")
            self.offer("teacher")
        if until == "signed":
            self.read("teacher", latest)
            self.sign("teacher", latest, "IN_APP")

    def _attach(self, by: str, record_id: UUID, kind: str, *, others: bool = False) -> None:
        sent = CLIP if kind == "CLIP" else PICTURE
        upload = Upload(
            source=sent.source, name=sent.name, media_type=sent.media_type,
            kind="SIGNED_PAGE" if kind == "SIGNED_PAGE" else "FILE",
            redaction="NEEDED" if others else "NONE",
        )  # fmt: skip
        self._store(by, attachments.store, "attach", record_id=record_id, upload=upload)

    def _store(
        self, by: str, act: Callable[..., Attachment], name: str, **given: Any
    ) -> list[Attachment]:
        made: list[Attachment] = []
        self._outside(by, lambda **who: made.append(act(**who)), name, **given)
        self.sent += [one.pk for one in made]
        return made

    def _elsewhere(self) -> UUID:
        if not self.elsewhere:
            draft = self.desk.write(by="counsellor")
            self.elsewhere.append(draft.pk)
            self.states[draft.pk] = "DRAFT"
        return self.elsewhere[0]

    def _file(self, which: int) -> Attachment | None:
        """Of this example, the newest first."""
        if not self.sent:
            return None
        with tenancy.scope(self.world.id):
            return Attachment.objects.get(pk=self.sent[-1 - which % len(self.sent)])

    def _everything(self) -> list[UUID]:
        return [*self.versions, *self.aside, *self.elsewhere]

    def _hides(self, made: Attachment, old: Attachment, half: str) -> None:
        """What it says it was made of, and that nothing is to be seen there; what became of the
        original."""
        assert bytes(made.original_sha256) == bytes(old.sha256) != bytes(made.sha256)
        data, now = self._opened(made), self._file(self.sent[::-1].index(old.pk))
        assert now is not None
        if redacting.is_clip(made):
            assert b"two faces" not in data
            assert (str(now.state), str(now.redaction)) == ("STORED", "NEEDED")
            assert "TPD" in now.sensitivity
            return
        assert str(now.state) == "DESTROYED"
        grey, (across, down) = files.opened(data).convert("L"), INSIDE[half]
        assert grey.tobytes()[down * grey.width + across] < DARK

    def _opened(self, file: Attachment) -> bytes:
        return vault.open_(school_id=self.world.id, subject_id=file.student_id, ref=file.blob)

    # --- what always holds ------------------------------------------------------------------------

    def _bytes_are_kept(self, found: Sequence[Attachment]) -> None:
        """Each lies on the disk as it came until it is destroyed, and by no other name."""
        for one in found:
            facts = (
                one.record_id, one.kind, one.blob, one.size, one.media_type,
                bytes(one.sha256), bytes(one.original_sha256), one.uploaded_by_id, one.uploaded_at,
            )  # fmt: skip
            assert self.facts.setdefault(one.pk, facts) == facts
            path = vault._path(self.world.id, one.blob)
            if one.state == "DESTROYED":
                assert not path.exists()
                continue
            if one.pk not in self.sealed:
                assert hashlib.sha256(self._opened(one)).digest() == bytes(one.sha256)
            now = hashlib.sha256(path.read_bytes()).digest()
            assert self.sealed.setdefault(one.pk, now) == now

    def _files_are_what_was_signed(
        self, found: Sequence[CommunicationRecord], stored: Sequence[Attachment]
    ) -> None:
        """Nothing but signed pages comes to a signed version; what it has and what it names stays,
        as it was, and what was offered is not without a file that it names."""
        items = PreparedItem.objects.filter(record__in=found, attachment__isnull=False)
        named = list(items.values_list("record", "attachment"))
        held: set[tuple[UUID, UUID]] = set()
        for record in found:
            own = {one.pk for one in stored if one.record_id == record.pk and one.kind == "FILE"}
            laid = {pk for of, pk in named if of == record.pk}
            if record.signed_at is not None:
                assert self.frozen.setdefault(record.pk, own) == own
                held |= {(record.pk, pk) for pk in own | laid}
            if record.signed_at is not None or record.state == "PENDING_SIGNATURES":
                self._are_there(record, [one for one in stored if one.pk in laid])
        self._stay(held, found, {one.pk: one for one in stored})
        self._words_stand_on_their_pages(stored)

    def _stay(
        self,
        held: set[tuple[UUID, UUID]],
        found: Sequence[CommunicationRecord],
        stored: dict[UUID, Attachment],
    ) -> None:
        records = {record.pk: record for record in found}
        for of, pk in sorted(held):
            classed = (str(stored[pk].redaction), str(stored[pk].sensitivity))
            assert self.classed.setdefault((of, pk), classed) == classed
            if (of, pk) in self.kept:
                self._are_there(records[of], [stored[pk]])
        self.kept |= {(of, pk) for of, pk in held if stored[pk].state == "STORED"}

    def _are_there(self, record: CommunicationRecord, held: Sequence[Attachment]) -> None:
        """But what the head destroyed with a reason, and what one ended who may not know of it."""
        for one in held:
            key = (record.pk, one.pk)
            if one.state == "STORED" or key in self.gone:
                continue
            assert self._by_the_head(one) or self._unknowing(one, record), one
            self.gone.add(key)

    def _by_the_head(self, one: Attachment) -> bool:
        head = self.world["head_of_office"].pk
        return one.destroyed_by_id == head and one.destroyed_reason == WHY["reason"]

    def _unknowing(self, one: Attachment, record: CommunicationRecord) -> bool:
        by = one.taken_out_by or one.destroyed_by
        assert by is not None
        viewer = Viewer.load(by, at=self.desk.at)
        return one.record_id != record.pk and viewer.find(CommunicationRecord, record.pk) is None

    def _words_stand_on_their_pages(self, stored: Sequence[Attachment]) -> None:
        """Each under one word or one sheet, and never gone."""
        pages = {one.pk: one for one in stored if one.kind == "SIGNED_PAGE"}
        words = Signature.objects.filter(record__in=self._everything(), method="PAPER")
        given = list(words.order_by("at", "pk"))
        for word in given:
            assert word.scan_id is not None
            page = pages[word.scan_id]
            assert (page.record_id, page.state) == (word.record_id, "STORED")
        alone = [word.scan_id for word in given if not word.shares_sheet]
        assert len(alone) == len(set(alone))
