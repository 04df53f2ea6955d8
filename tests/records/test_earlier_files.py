"""Files of version n as version n+1 names them: not copied, not moved, and cut for each reader."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from records import communication, discarding, file_names
from records.models import Attachment, CommunicationRecord
from records.reading import RecordFile
from records.record_copies import Purpose
from tests.records.desk import Desk
from tests.records.test_attachments import add, finish
from tests.records.test_copied_files import body, digest, founded, printed
from tests.records.test_destroying import destroy
from tests.records.test_keeping import seal
from tests.records.test_prepared_files import PICTURE

pytestmark = pytest.mark.django_db


def following(desk: Desk, record: CommunicationRecord) -> CommunicationRecord:
    """A draft of the next version."""
    desk.later(minutes=1)
    with desk.as_("teacher") as viewer:
        return communication.next_version(viewer, record_id=record.pk)


def followed(desk: Desk, record: CommunicationRecord) -> CommunicationRecord:
    """A next version that took effect."""
    newer = following(desk, record)
    finish(desk, newer)
    desk.later(minutes=1)
    return newer


def told(desk: Desk, record: CommunicationRecord, by: str) -> list[tuple[int, bool, list[str]]]:
    found: RecordFile = desk.read(record, by)
    return [
        (one.version, one.sealed, [bytes(file.sha256).hex() for file in one.files])
        for one in found.earlier
    ]


def evident(desk: Desk, **given: Any) -> tuple[CommunicationRecord, Attachment]:
    """A record that took effect, with a file."""
    record = desk.drafted()
    made = add(desk, record, **given)
    founded(desk, record, made)
    finish(desk, record)
    return record, made


def test_the_files_of_a_version_are_read_from_the_next_one_and_stay_where_they_were(
    desk: Desk,
) -> None:
    record, made = evident(desk)
    newer = following(desk, record)
    assert told(desk, newer, "teacher") == [(1, False, [digest(made)])]
    finish(desk, newer)

    for who in ("teacher", "mother", "student", "head_of_office"):
        assert told(desk, newer, who) == [(1, False, [digest(made)])], who
        assert desk.read(newer, who).attachments == [], who
    assert told(desk, record, "mother") == []
    with tenancy.scope(desk.world.id):
        assert list(Attachment.objects.values_list("record_id", "sha256")) == [
            (record.pk, bytes(made.sha256))
        ]


def test_a_copy_of_the_next_version_names_them_with_their_hashes(desk: Desk) -> None:
    record, made = evident(desk)
    newer = followed(desk, record)

    (one,) = body(desk, newer, "mother")["earlier"]

    assert (one["version"], one["sealed"]) == (1, "")
    assert [(file["name"], file["sha256"]) for file in one["files"]] == [
        (file_names.plain(made), digest(made))
    ]
    text = printed(desk, newer, "mother")
    assert "前一版本的附件第1版" in text
    assert f"{file_names.plain(made)}{digest(made)}" in text


@pytest.mark.parametrize("hidden", [{"redaction": "NEEDED"}, {"sensitivity": "PSY"}])
@pytest.mark.parametrize("who", ["mother", "father", "student"])
def test_who_may_not_know_of_a_file_finds_nothing_of_it_here_either(
    desk: Desk, who: str, hidden: dict[str, str]
) -> None:
    record, made = evident(desk, **hidden)
    newer = followed(desk, record)

    assert told(desk, newer, who) == []
    written = json.dumps(body(desk, newer, who), ensure_ascii=False)
    text = printed(desk, newer, who)
    for words in (file_names.plain(made), digest(made), "谈话.jpg", "附件", "第三人", "心理"):
        assert words not in written, words
        assert words not in text, words


def test_the_team_finds_what_shows_others_and_no_paper_for_others_names_it(desk: Desk) -> None:
    record = desk.drafted()
    shown = add(desk, record)
    hidden = add(desk, record, redaction="NEEDED", **PICTURE)
    finish(desk, record)
    newer = followed(desk, record)

    ((_, _, digests),) = told(desk, newer, "head_of_office")
    assert sorted(digests) == sorted([digest(shown), digest(hidden)])
    handed = body(desk, newer, "head_of_office", purpose=Purpose.TALK)["earlier"]
    assert [file["sha256"] for one in handed for file in one["files"]] == [digest(shown)]


def test_a_paper_for_others_tells_of_no_version_with_hidden_files_alone(desk: Desk) -> None:
    record, _ = evident(desk, redaction="NEEDED")
    newer = followed(desk, record)

    assert len(body(desk, newer, "head_of_office")["earlier"]) == 1
    assert body(desk, newer, "head_of_office", purpose=Purpose.TALK)["earlier"] == []


def test_what_was_destroyed_is_named_no_more(desk: Desk) -> None:
    record, made = evident(desk)
    newer = followed(desk, record)

    destroy(desk, made)

    assert told(desk, newer, "mother") == told(desk, newer, "head_of_office") == []


@pytest.mark.parametrize("has_file", [True, False])
def test_that_a_version_is_sealed_is_said_and_tells_of_no_file(
    desk: Desk, *, has_file: bool
) -> None:
    record = desk.drafted()
    digests = [digest(add(desk, record))] if has_file else []
    finish(desk, record)
    newer = followed(desk, record)
    seal(desk, record)

    assert told(desk, newer, "teacher") == [(1, True, [])]
    for who in ("mother", "head_of_office"):
        assert told(desk, newer, who) == [(1, True, digests)], who
    text = printed(desk, newer, "teacher")
    assert "第1版已封存" in text
    assert not [one for one in digests if one in text]
    assert body(desk, newer, "teacher")["earlier"][0]["files"] == []


def test_who_came_only_to_the_next_version_learns_nothing_of_the_one_before(desk: Desk) -> None:
    record, _ = evident(desk)
    newer = following(desk, record)
    desk.meet(newer, "mother", "counsellor")
    finish(desk, newer)

    assert desk.read(newer, "counsellor").statements
    assert told(desk, newer, "counsellor") == []


def test_a_third_version_names_the_files_of_both(desk: Desk) -> None:
    first, photo = evident(desk)
    second = following(desk, first)
    picture = add(desk, second, **PICTURE)
    finish(desk, second)
    third = followed(desk, second)

    assert told(desk, third, "mother") == [
        (1, False, [digest(photo)]),
        (2, False, [digest(picture)]),
    ]
    assert told(desk, second, "mother") == [(1, False, [digest(photo)])]


def test_a_draft_that_was_put_aside_is_none_of_them(desk: Desk) -> None:
    record, made = evident(desk)
    aside = following(desk, record)
    add(desk, aside, **PICTURE)
    with desk.as_("teacher") as viewer:
        discarding.discard(viewer, record_id=aside.pk, reason="写错了版本，另写")

    assert told(desk, followed(desk, record), "teacher") == [(1, False, [digest(made)])]


@pytest.mark.django_db(transaction=True)  # keys of an open transaction are never kept at hand
def test_two_earlier_versions_cost_as_many_queries_as_one(desk: Desk) -> None:
    first, _ = evident(desk)
    second = followed(desk, first)
    third = followed(desk, second)
    counts = []
    for record in (second, third):
        desk.read(record, "mother")
        with CaptureQueriesContext(connection) as asked:
            desk.read(record, "mother")
        counts.append(len(asked))

    assert counts[0] == counts[1]
