"""A backup of this test's own database, and empty databases beside it to restore into."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings as active
from pyrage import x25519

from config.backup import keys, proving, restoring, sealing
from config.backup.archive import Part, parts
from config.backup.database import Database
from config.backup.restoring import Backup
from config.backup.taking import Taken, take
from ledger import events
from ledger.models import EventSalt
from parties import tenancy
from records import vault
from records.models import Attachment
from tests.factories import World
from tests.workflow.outbox import promise

CANARY = "CANARYq7Zp2xW9"
PHONE = "+8613912345678"


@dataclass
class Story:
    """What the database under test holds."""

    school_id: int
    subject: UUID
    ref: str
    leaves: int


@dataclass
class Desk:
    """Keys, a place for files, and the database under test as its owner."""

    folder: Path
    home: Database
    attachments: Path
    closing: ExitStack

    @property
    def public(self) -> Path:
        return self.folder / "backup.pub"

    @property
    def private(self) -> Path:
        return self.folder / "backup.key"

    @property
    def identity(self) -> x25519.Identity:
        return keys.identity(self.private)

    def take(self, name: str = "one.age") -> Taken:
        return take(
            self.home,
            to=self.folder / name,
            recipient=keys.recipient(self.public),
            folder=self.attachments,
            app_role=active.DATABASE_APP_ROLE,
        )

    def inspect(self, name: str = "one.age", **given: Any) -> Backup:
        return restoring.inspect(self.folder / name, self.identity, **given)

    def empty(self) -> Database:
        """A new, empty database that goes with this test."""
        fresh = self.home.named(f"{self.home.name}_{uuid4().hex[:8]}")
        self.home.create(fresh.name)
        self.closing.callback(self.home.drop, fresh.name)
        return fresh

    def restore(self, backup: Backup, into: Database) -> list[str]:
        """What is broken afterwards."""
        restoring.refuse_unfit(backup, into)
        folder = self.folder / into.name
        restoring.load(backup, into, folder=folder)
        with into.connect() as owner:
            return proving.broken_promises(backup, owner, folder=folder)

    def content(self, name: str = "one.age") -> list[tuple[Part, bytes]]:
        with sealing.opened(self.folder / name, self.identity) as stream:
            return list(parts(stream))


@pytest.fixture
def desk(tmp_path: Path, vault_folder: Path) -> Iterator[Desk]:
    with ExitStack() as closing:
        made = Desk(
            tmp_path, Database.from_settings(active.DATABASES["owner"]), vault_folder, closing
        )
        keys.make(private=made.private, public=made.public)
        yield made


@pytest.fixture
def story(world: World) -> Story:
    """A school with a canary, a phone, events, an erased salt, a message and an attachment."""
    with tenancy.scope(world.id):
        world.add(f"王小明{CANARY}", phone=PHONE)
    for number in range(4):
        with tenancy.scope(world.id) as at:
            event = events.append(
                school_id=world.id,
                kind="drill.noted",
                actor=None,
                subject=("person", world.student.pk),
                at=at,
                payload={"number": number},
            )
    with tenancy.scope(world.id):
        EventSalt.objects.filter(event=event).delete()
    promise(world, None)
    subject = world.student.person_id
    blob = vault.seal(school_id=world.id, subject_id=subject, data=CANARY.encode() * 99)
    with tenancy.scope(world.id) as at:
        Attachment.objects.create(
            school=world.school,
            student=world.student,
            name=CANARY,
            media_type="image/png",
            size=blob.size,
            sha256=bytes.fromhex(blob.sha256),
            original_sha256=bytes.fromhex(blob.sha256),
            redaction=Attachment.Redaction.NONE,
            blob=blob.ref,
            uploaded_by=world["teacher"],
            uploaded_at=at,
        )
    return Story(world.id, subject, blob.ref, leaves=4)


def as_app(into: Database) -> psycopg.Connection[Any]:
    """The plain role's connection to a restored database."""
    return Database.from_settings(active.DATABASES["default"]).named(into.name).connect()
