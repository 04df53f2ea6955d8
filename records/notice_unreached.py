"""Children about whom nobody could be told of a notice: for who calls the families, by name.

Why nobody may be told is not said: no guardian at all and a standing order look the same.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import Exists, OuterRef

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
    told = notice_audience.links(notice, at=viewer.at).filter(student=OuterRef("pk"))
    got = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("pk"))
    found = notice_audience.students(notice).filter(
        ~Exists(told), ~Exists(got), school_class__in=notice_policies.classes(viewer)
    )
    rows = found.exclude(pk__in=viewer.kin).select_related("person", "school_class")
    students = list(rows.order_by("student_no", "pk"))
    crypto.warm([one.person for one in students])
    return students
