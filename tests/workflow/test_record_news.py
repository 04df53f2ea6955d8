"""Who hears of what becomes of a record: whoever may act on it now, and nobody else."""

import pytest

from parties import tenancy
from records.objections import Complaint
from tests.factories import World
from tests.records.desk import Desk
from tests.records.test_objections import handed_over
from workflow import communication
from workflow.models import Notification

pytestmark = pytest.mark.django_db


def test_after_a_handover_who_has_the_class_hears_of_an_objection(world: World) -> None:
    desk = Desk(world)
    record = desk.effective()
    handed_over(desk)
    communication.object_to(
        school_id=desk.world.id,
        record_id=record.pk,
        by=desk.world["mother"],
        at=desk.at,
        complaint=Complaint(ground="WRONG", wish="CORRECT", words="没有“多次”，只有一次。"),
    )

    with tenancy.scope(desk.world.id):
        told = Notification.objects.filter(template="objection.filed")
        assert [one.recipient_id for one in told] == [desk.world["new_teacher"].pk]
