"""Words of danger on a page that says 409 ask the office all the same."""

import pytest

from parties import tenancy
from records.models import MeetingReply
from tests.api.meeting_stories import on_offer
from tests.factories import World
from tests.portal.visitors import by_link
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

DANGER = "孩子昨晚说不想活了，我要陪着他"


@pytest.mark.parametrize(("act", "chooser"), [("change", "father"), ("decline", "mother")])
def test_a_date_that_was_changed_twice(world: World, act: str, chooser: str) -> None:
    walk = on_offer(world)
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)
    walk.choose(by=chooser)
    with tenancy.scope(world.id):
        meeting = walk.meeting_inside()
        meeting.changes = 2
        meeting.save()

    phone.send(f"/meetings/{meeting.pk}/{act}", words=DANGER)

    assert phone.page.status_code == 409
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(name="upgrade_decide").case_id == walk.case_id
        said = MeetingReply.objects.filter(by=world["mother"])
        assert not said.exclude(kind=MeetingReply.Kind.CHOSE).exists()
