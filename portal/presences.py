"""How each of a family took part, where they did not all do so in one way: one in the room, one on
the phone. Who is not asked about alone took part as the family did.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from records.models import Participant

Choices = Sequence[tuple[str, str]]

_PREFIX: Final = "presence_"
_SAME: Final = ("", "与上面选的一样")
_HOME: Final = (Participant.Capacity.GUARDIAN, Participant.Capacity.STUDENT)


def name(person: object) -> str:
    return f"{_PREFIX}{person}"


def is_one(field: str) -> bool:
    return field.startswith(_PREFIX)


def fields(people: Choices) -> dict[str, forms.Field]:
    """One for each of several; of one alone the common question asks."""
    if len(people) < 2:  # noqa: PLR2004 -- several
        return {}
    return {
        name(pk): forms.ChoiceField(
            label=f"{said}怎样参加",
            choices=[_SAME, *Participant.Presence.choices],
            required=False,
            error_messages={"invalid_choice": "请从给出的选项中选择。"},
        )
        for pk, said in people
    }


def of(given: Mapping[str, Any], person: str) -> str:
    """As the form says of this one, or else of the family."""
    return str(given.get(name(person)) or given["presence"] or Participant.Presence.IN_PERSON.value)


def kept(rows: Sequence[tuple[object, str, str]]) -> dict[str, str]:
    """The common way is that of the first; `rows` are person, capacity and way."""
    home = [(person, way) for person, capacity, way in rows if capacity in _HOME]
    common = home[0][1] if home else ""
    own = {name(person): way for person, way in home if way != common}
    return {"presence": common, **own}
