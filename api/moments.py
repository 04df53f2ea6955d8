"""Dates and moments in requests: every one of them is read by these two fields and no other."""

import re
from datetime import date, datetime
from typing import Any, Final

from rest_framework import serializers

from parties import years

_DAY: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
#: A day in the address of a request, as the description of the API tells it.
DAY_SCHEMA: Final = {"type": "string", "format": "date", "pattern": f"^{_DAY.pattern}$"}


class Moment(serializers.DateTimeField):
    """A moment that a school could mean; without a zone it is the school's own time."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            found = super().to_internal_value(value) if isinstance(value, str) else None
        except (OverflowError, serializers.ValidationError):
            found = None
        if found is None or not years.is_believable(found):
            raise serializers.ValidationError("moment", "moment")
        return found


class Day(serializers.DateField):
    """A day that a school could mean, in exactly one way of writing it."""

    def to_internal_value(self, value: Any) -> date:
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise serializers.ValidationError("day", "day")
