"""Children about whom nobody has got a notice: for who calls the families, by name.

Why is not said: no guardian at all, a standing order, and one who may be told since and hears of it
on the next rung look the same. Every child of the audience is here or has a receipt, whatever class
it is in by now; who came to the school after it ended never was of it.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from parties import crypto
from parties.access import Viewer
from parties.models import Student
from records import notice_audience, notice_policies
from records.models import Notice, NoticeReceipt

_WENT_OUT: Final = (Notice.State.SENT, Notice.State.CLOSED)


def children(*, viewer: Viewer, notice: Notice) -> Sequence[Student]:
    """In the classes whose families `viewer` calls, once the notice went out. Inside a scope."""
    if notice.state not in _WENT_OUT or not viewer.is_staff:
        return []
    got = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("pk"))
    found = notice_audience.audience(notice).filter(
        ~Exists(got), school_class__in=notice_policies.classes(viewer)
    )
    if notice.ended_at is not None:
        found = found.exclude(enrolled_on__gt=timezone.localdate(notice.ended_at))
    rows = found.exclude(pk__in=viewer.kin).select_related("person", "school_class")
    students = list(rows.order_by("student_no", "pk"))
    crypto.warm([one.person for one in students])
    return students
