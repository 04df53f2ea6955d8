"""Cut a file that is longer than one document into volumes (第 1 册 / 共 n 册), oldest first.

    every entry weighs something --> running sum --> a volume is what lies between two of its bounds

A record stands in a document whole, so it weighs as much as many lines. Where a volume ends
follows from what this reader sees and from nothing else; finding one costs two queries wherever it
lies, and brings no entry of another into memory. Inside a scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import Student
from records import file
from records.drafts import KIND
from records.file import Entry, Filters
from records.models import FileEntry
from records.printing import limits
from records.printing.documents import Volume


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is for this reader, and how many volumes it takes."""

    total: int
    begins: datetime | None
    volumes: int


def extent(viewer: Viewer, student: Student, filters: Filters, *, whole_records: bool) -> Extent:
    """In one query; `whole_records`: records come along with their text."""
    found = file.visible(viewer, student, filters).aggregate(
        total=Count("pk"), records=Count("pk", filter=Q(kind=KIND)), begins=Min("at")
    )
    weight = found["total"] + found["records"] * (_weight(whole_records=whole_records) - 1)
    full = -(-weight // limits.MOST_ENTRIES)
    return Extent(total=found["total"], begins=found["begins"], volumes=max(1, full))


def cut(
    viewer: Viewer, student: Student, filters: Filters, *, whole_records: bool, number: int
) -> tuple[Volume, Sequence[Entry], Extent]:
    """The entries of one volume, oldest first, and where they stand in the file.

    Raises:
        InvalidInput: there is no volume of this number.
    """
    there = extent(viewer, student, filters, whole_records=whole_records)
    if not 1 <= number <= there.volumes:
        raise InvalidInput(
            f"没有第 {number} 册，全部内容共 {there.volumes} 册。",
            field="volume",
            mend=f"请选择第 1 册至第 {there.volumes} 册中的一册。",
        )
    rows = _between(
        file.visible(viewer, student, filters),
        number,
        record_weight=_weight(whole_records=whole_records),
    )
    first = rows[0].place if rows else 0  # type: ignore[attr-defined]
    last = rows[-1].place if rows else 0  # type: ignore[attr-defined]
    volume = Volume(number=number, of=there.volumes, first=first, last=last, total=there.total)
    return volume, file.told(viewer, student, rows), there


def _weight(*, whole_records: bool) -> int:
    """Of a record; a line weighs one."""
    return max(1, limits.MOST_ENTRIES // limits.MOST_RECORDS) if whole_records else 1


def _between(rows: QuerySet[FileEntry], number: int, *, record_weight: int) -> Sequence[FileEntry]:
    """No entry weighs more than a volume holds, so none of the volumes is empty."""
    order, most = ["at", "pk"], limits.MOST_ENTRIES
    weight = Case(When(kind=KIND, then=Value(record_weight)), default=Value(1))
    placed = rows.annotate(
        place=Window(RowNumber(), order_by=order),
        reached=Window(Sum(weight, output_field=BigIntegerField()), order_by=order),
    )
    found = placed.filter(reached__gt=most * (number - 1), reached__lte=most * number)
    return list(found.select_related("by").order_by(*order))
