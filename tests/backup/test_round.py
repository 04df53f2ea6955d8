"""Out and back again: rows, walls, leaves, attachments; nothing readable on the way."""

import json
import tarfile
from threading import Timer

import psycopg
import pytest
from django.db import connection

from config.backup import proving, sealing
from config.backup.refusal import Refused
from parties import tenancy
from parties.models import Person
from records import vault
from records.models import Attachment
from tests.backup.conftest import CANARY, PHONE, Desk, Story, as_app
from workflow import dispatch

pytestmark = pytest.mark.django_db(transaction=True)


def phone_bytes(school_id: int) -> bytes:
    with tenancy.scope(school_id), connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM parties_person WHERE name LIKE '王小明%'")
        row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def test_everything_comes_back(story: Story, desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('k', 'd', now())")
    taken = desk.take()
    into = desk.empty()

    assert (taken.findings, taken.files, taken.facts.leaves.count) == ([], 1, story.leaves)
    assert (taken.facts.leaves.erased, taken.facts.leaves.broken) == (1, 0)
    assert desk.restore(desk.inspect(sha256=taken.sha256), into) == []
    with into.connect() as owner:
        rows = owner.execute("SELECT name, phone FROM parties_person WHERE name LIKE '王小明%'")
        name, phone = rows.fetchall()[0]
        sessions = owner.execute("SELECT count(*) FROM django_session").fetchone()
    back = vault.path_within(desk.folder / into.name, story.school_id, story.ref)
    kept = vault.path_within(desk.attachments, story.school_id, story.ref)
    assert name == f"王小明{CANARY}"
    assert bytes(phone) == phone_bytes(story.school_id)
    assert back.read_bytes() == kept.read_bytes()
    assert sessions == (0,)  # everybody signs in again


def test_the_walls_stand_and_nothing_is_due(story: Story, desk: Desk) -> None:
    desk.take()
    into = desk.empty()
    desk.restore(desk.inspect(), into)

    with as_app(into) as app:
        hidden = app.execute("SELECT count(*) FROM parties_person").fetchone()
        due = app.execute("SELECT count(*) FROM due_notifications('crisis', 9)").fetchone()
        app.execute("SELECT set_config('app.school', %s, true)", [str(story.school_id)])
        seen = app.execute("SELECT count(*) FROM parties_person").fetchone()
        waiting = app.execute(
            "SELECT count(*) FROM workflow_notification WHERE state = 'PENDING'"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE ledger_event SET kind = 'a.b'")

    with tenancy.scope(story.school_id):
        assert (hidden, seen) == ((0,), (Person.objects.count(),))
    assert (due, waiting) == ((0,), (1,))
    with into.connect() as owner, pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner.execute("DELETE FROM ledger_event")


HARM = {
    "DELETE FROM ledger_eventsalt": "账本",
    "ALTER TABLE ledger_event DISABLE TRIGGER append_only; UPDATE ledger_event SET kind = 'a.b';"
    " ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER append_only": "算不回来",
    "DELETE FROM workflow_notification": "workflow_notification",
    "ALTER TABLE parties_person NO FORCE ROW LEVEL SECURITY": "row_security",
    "DROP POLICY one_school ON workflow_case": "policies",
    "ALTER TABLE ledger_event DISABLE TRIGGER append_only": "triggers",
    "GRANT DELETE ON ledger_event TO PUBLIC": "grants",
    "DROP INDEX notification_due": "indexes",
    "ALTER FUNCTION school_ids() SECURITY INVOKER": "functions",
    "ALTER TABLE workflow_notification DROP CONSTRAINT one_message_per_key": "constraints",
    "UPDATE workflow_dispatchhold SET released_at = now()": "派发没有暂停",
    "UPDATE parties_schoolkey SET wrapped = wrapped || '\\x00'": "SANFANG_ROOT_KEY",
    "DELETE FROM records_attachment": "附件",
}


def test_whatever_did_not_come_back_is_told(story: Story, desk: Desk) -> None:
    """Harm done after loading, one at a time and rolled back, so one restore serves all."""
    desk.take()
    backup, into = desk.inspect(), desk.empty()
    assert desk.restore(backup, into) == []

    untold = []
    with into.connect() as owner:
        for harm, word in HARM.items():
            owner.execute(harm)
            told = proving.broken_promises(backup, owner, folder=desk.folder / into.name)
            owner.rollback()
            if word not in "\n".join(told):
                untold.append((harm, told))

    assert untold == []


def test_nothing_in_the_file_can_be_read(story: Story, desk: Desk) -> None:
    desk.take()

    file = (desk.folder / "one.age").read_bytes()
    content = desk.content()
    inside = b"".join(part.name.encode() + data for part, data in content)

    for word in (CANARY, "王小明", PHONE, PHONE[3:], "parties_person", "ledger_event", story.ref):
        assert word.encode() not in file
    # What the test looks for is there to be found, once the file is opened.
    assert b"parties_person" in inside
    assert story.ref.encode() in inside


def test_the_root_key_is_not_inside_even_once_opened(
    story: Story, desk: Desk, settings: object
) -> None:
    taken = desk.take()

    inside = b"".join(data for _, data in desk.content())

    assert settings.SANFANG_ROOT_KEY.encode() not in inside  # type: ignore[attr-defined]
    assert len(taken.facts.root_keys) == 1  # but which one is needed is said


def test_a_held_database_can_be_backed_up_and_restored_again(story: Story, desk: Desk) -> None:
    with desk.home.connect() as owner:
        owner.execute(dispatch.HOLD_SQL.format(backup_at="now() - interval '1 day'"))
    taken = desk.take()
    into = desk.empty()

    assert desk.restore(desk.inspect(), into) == []
    with into.connect() as owner:
        holds = owner.execute("SELECT lane, backup_at FROM workflow_dispatchhold ORDER BY lane")
        assert holds.fetchall() == [("crisis", taken.taken_at), ("routine", taken.taken_at)]


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    return b"" if member is None else member.read()


def test_it_opens_without_the_product(story: Story, desk: Desk) -> None:
    """As `age -d | tar -x` would: the pieces together are one dump of pg_dump."""
    desk.take()

    with sealing.opened(desk.folder / "one.age", desk.identity) as stream:
        (desk.folder / "one.tar").write_bytes(stream.read())
    with tarfile.open(desk.folder / "one.tar") as tar:
        names = tar.getnames()
        found = {name: _bytes(tar, name) for name in names}
    manifest = json.loads(found["manifest.json"])

    assert names == [f"attachments/{story.school_id}/{story.ref}", "database/000001", names[-1]]
    assert found["database/000001"].startswith(b"PGDMP")
    assert manifest["facts"]["leaves"]["count"] == story.leaves


def test_an_attachment_that_is_gone_is_told_and_the_rest_is_kept(story: Story, desk: Desk) -> None:
    vault.destroy(school_id=story.school_id, ref=story.ref)

    taken = desk.take()

    assert taken.files == 0
    assert [story.ref in sentence for sentence in taken.findings] == [True]
    assert desk.inspect().facts.leaves.count == story.leaves


def test_a_destroyed_attachment_is_not_missed(story: Story, desk: Desk) -> None:
    with tenancy.scope(story.school_id):
        Attachment.objects.update(state=Attachment.State.DESTROYED)
    vault.destroy(school_id=story.school_id, ref=story.ref)

    assert desk.take().findings == []


def test_a_file_that_no_row_names_stays_out(story: Story, desk: Desk) -> None:
    """Destroyed content must not live on in backups."""
    blob = vault.seal(school_id=story.school_id, subject_id=story.subject, data=b"going")

    taken = desk.take()

    assert (taken.files, taken.findings) == (1, [])
    assert blob.ref not in "".join(part.name for part, _ in desk.content())


def test_a_database_goes_although_somebody_is_there_whom_its_owner_may_not_end(desk: Desk) -> None:
    """As a worker of the server's own, which leaves when a drop without force asks it to."""
    there = desk.home.named(f"{desk.home.name}_guest")
    desk.home.create(there.name)
    guest = as_app(there)
    leaving = Timer(0.5, guest.close)
    leaving.start()

    desk.home.drop(there.name)

    leaving.join()
    with pytest.raises(Refused, match="does not exist"):
        there.connect()
