"""A record tells of a talk that was: one that is still to come stays a draft."""

from datetime import UTC, datetime, timedelta

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records.models import CommunicationRecord
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def test_a_talk_to_come_is_a_draft_until_it_was(desk: Desk) -> None:
    record = desk.drafted(started_at=desk.at + timedelta(days=1))

    with pytest.raises(InvalidInput) as refused:
        desk.check(record)

    assert (refused.value.field, desk.now(record).state) == ("started_at", "DRAFT")
    assert "草稿" in refused.value.mend
    desk.later(days=1)
    desk.check(record)
    assert desk.now(record).state == "CHECKED"


def test_a_talk_that_ends_in_the_future_is_not_over(desk: Desk) -> None:
    record = desk.drafted(ended_at=FAR)

    with pytest.raises(InvalidInput) as refused:
        desk.check(record)

    assert refused.value.field == "ended_at"


def test_what_was_checked_all_the_same_is_not_offered(desk: Desk) -> None:
    record = desk.drafted()
    desk.check(record)
    with tenancy.scope(desk.world.id):  # as one that was checked before the rule
        CommunicationRecord.objects.filter(pk=record.pk).update(started_at=FAR)

    with pytest.raises(InvalidInput) as refused:
        desk.offer(record)

    assert (refused.value.field, desk.now(record).state) == ("started_at", "CHECKED")
