"""Small parts that several answers share."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rest_framework import serializers

from parties.models import Person, Student

#: What the form's authors note for the server; readers of the form do not need it.
_INTERNAL: Final = frozenset({"$id", "$schema", "x-class", "x-decides"})


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class StudentSerializer(serializers.Serializer[Any]):
    """What anybody who may pick a student sees: enough to report about the right one."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    school_class = serializers.CharField(help_text="班级")


def person(found: Person | None) -> dict[str, Any] | None:
    return None if found is None else {"id": str(found.pk), "name": found.name}


def student(found: Student | None) -> dict[str, Any] | None:
    """Needs person and school_class selected."""
    if found is None:
        return None
    return {
        "id": str(found.pk),
        "name": found.person.name,
        "school_class": found.school_class.name,
    }


def moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def plain(value: Any) -> Any:
    """An id or a moment as JSON has it; anything else as it is."""
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def public_form(schema: Any) -> Any:
    """The form without the notes that only the server needs."""
    if isinstance(schema, dict):
        return {name: public_form(inner) for name, inner in schema.items() if name not in _INTERNAL}
    if isinstance(schema, list | tuple):
        return [public_form(inner) for inner in schema]
    return schema
