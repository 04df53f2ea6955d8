"""Where the words of a crisis go: to its team, encrypted to the disk, and nowhere else."""

import base64
import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pytest
import redis

from ledger.models import Event
from parties import tenancy
from parties.models import Restriction
from tests.api.callers import company, member
from tests.factories import LONG_AGO, World
from tests.privacy.canaries import (
    REPORT_FIELDS,
    Canaries,
    broker_values,
    database_rows,
    found,
    rename,
    tell,
)
from tests.privacy.observers import Ids, Observer
from tests.processes.walker import Walk
from tests.receivers import SECRET, Gateway, MailServer, gateway, mail_server, until
from workflow.channels import texts
from workflow.models import HumanTask, Notification

pytestmark = pytest.mark.django_db(transaction=True)

#: The one place where a name may lie open: the directory itself.
DIRECTORY = "parties_person"


NOT_ON_THE_TEAM = (
    "stranger", "father", "mother", "student", "classmate", "mentor", "company", "data_admin",
    "auditor", "deputy",
)  # fmt: skip


class Told(NamedTuple):
    """A crisis that was told, and every sink that listened meanwhile."""

    world: World
    walk: Walk
    canaries: Canaries
    logs: str
    sms: Gateway
    mail: MailServer


@pytest.fixture
def outside(settings: Any) -> Iterator[tuple[Gateway, MailServer]]:
    with gateway() as sms, mail_server() as mail:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = sms.url, SECRET
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        yield sms, mail


@pytest.fixture
def told(
    world: World,
    broker: redis.Redis,
    outside: tuple[Gateway, MailServer],
    caplog: pytest.LogCaptureFixture,
) -> Told:
    for name in ("", *logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    canaries = Canaries()
    rename(world, canaries)
    walk = tell(world, canaries)
    return Told(world, walk, canaries, caplog.text, *outside)


def ids(told: Told) -> Ids:
    with tenancy.scope(told.world.id):
        task = HumanTask.objects.filter(case=told.walk.case_id, name="triage").earliest(
            "created_at"
        )
        message = Notification.objects.filter(case=told.walk.case_id, channel="in_app").first()
    assert message is not None
    return Ids(told.walk.case_id, task.pk, message.pk, told.walk.world.student.pk)


def reads(told: Told, who: str) -> bytes:
    caller = company(told.world) if who == "company" else member(told.world, who)
    return Observer(caller).text(ids(told))


def test_the_words_reach_no_sink_outside_the_house(told: Told, broker: redis.Redis) -> None:
    words = told.canaries.all
    assert len(told.canaries.crisis) > 15

    until(lambda: broker.llen("crisis") > 0)
    queued = broker_values(broker)
    sent = b"\n".join(request.body for request in told.sms.requests)
    mailed = b"\n".join(told.mail.mails)

    assert told.sms.requests
    assert told.mail.mails
    assert "WARNING" in told.logs  # the refused requests were heard
    assert found(words, told.logs.encode()) == []
    assert found(words, queued) == []
    assert found(words, mailed) == []
    assert found({**told.canaries.crisis, **told.canaries.names}, sent) == []


def test_the_gateway_learns_a_number_a_text_and_no_more(told: Told) -> None:
    lines = {text.short for one in texts.TEXTS.values() for text in one.values()}

    for request in told.sms.requests:
        body = request.verified()
        numbers = found(told.canaries.phones, request.body)
        assert len(numbers) == 1
        assert body["to"] == told.canaries.phones[numbers[0]]
        assert body["text"] in lines
        assert not {str(value) for value in body.values()} & {str(told.walk.case_id)}


def test_the_broker_carries_lanes_and_nothing_else(told: Told, broker: redis.Redis) -> None:
    until(lambda: broker.llen("crisis") > 0)
    for lane in ("crisis", "routine"):
        for raw in broker.lrange(lane, 0, -1):
            message = orjson.loads(raw)
            args, kwargs, _ = orjson.loads(base64.b64decode(message["body"]))
            assert (args, kwargs) == ([lane], {})
            assert str(told.walk.case_id).encode() not in raw


def test_the_ledger_holds_ids_and_codes(told: Told) -> None:
    with tenancy.scope(told.world.id):
        bodies = b"\n".join(bytes(event.body) for event in Event.objects.all())

    assert len(told.walk.events()) > 20
    assert found(told.canaries.all, bodies) == []


def test_a_stolen_disk_says_nothing(told: Told) -> None:
    secret = {**told.canaries.crisis, **told.canaries.phones}
    leaks = [(table, found(secret, row)) for table, row in database_rows()]
    names = [(table, found(told.canaries.names, row)) for table, row in database_rows()]

    assert [leak for leak in leaks if leak[1]] == []
    assert {table for table, hits in names if hits} == {DIRECTORY}


def test_who_is_not_on_the_team_reads_none_of_it(told: Told) -> None:
    for who in NOT_ON_THE_TEAM:
        assert found(told.canaries.crisis, reads(told, who)) == [], who


def test_the_team_reads_the_report_and_not_who_sent_it(told: Told) -> None:
    reporter = {"reporter": told.canaries.names["name of stranger"]}
    for who in ("teacher", "counsellor", "duty_officer", "grade_leader"):
        text = reads(told, who)
        assert set(REPORT_FIELDS) <= set(found(told.canaries.crisis, text)), who
        assert found(reporter, text) == [], who
    assert found(reporter, reads(told, "head_of_office")) == ["reporter"]


def test_a_mistake_is_answered_and_forgotten(told: Told) -> None:
    """Refused input reaches neither the log nor the disk; the sender alone had it."""
    word = {"mistake": told.canaries.crisis["mistake"]}

    assert found(word, told.logs.encode()) == []
    assert [table for table, row in database_rows() if found(word, row)] == []


def test_a_court_order_is_as_secret_as_the_crisis(world: World) -> None:
    word = Canaries().word("order_no")
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], order_no=word,
            kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
        )  # fmt: skip

    assert [table for table, row in database_rows() if found({"order": word}, row)] == []
    calm = Ids.absent(world.student.pk)
    assert found({"order": word}, Observer(member(world, "father")).text(calm)) == []
