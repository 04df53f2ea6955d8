"""The family that stays silent: a classmate's only guardian."""

from typing import Final

from django.db.models import Count

from config.demo import cast as casting
from config.demo.cast import Cast, Member
from parties.models import GuardianLink, Student
from parties.roles import Role

SILENT: Final = "silent_parent"
#: What 班主任 writes down of a call.
ATTEMPT: Final = {
    "channel": "PHONE", "outcome": "NO_ANSWER", "place": "年级办公室", "note": "拨打两次，无人接听",
}  # fmt: skip


def found_in(cast: Cast) -> Member:
    """A classmate's only guardian, with a phone. Inside a scope."""
    own = Student.objects.get(pk=cast.student_id)
    links = GuardianLink.objects.filter(
        student__school_class=own.school_class_id,
        state=GuardianLink.State.LIVE,
        child_data_access=True,
        guardian__phone_index__isnull=False,
    ).exclude(student=own)
    alone = links.annotate(many=Count("student__guardian_links")).filter(many=1)
    link = alone.select_related("guardian").order_by("student__student_no").first()
    if link is None:
        raise casting.Miscast("班里没有只登记了一位家长的学生。")
    person = link.guardian
    return Member(SILENT, Role.G, person.pk, person.phone, person.email)
