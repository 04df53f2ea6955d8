"""State machines as the database must know them.

The machines in the models are the source; the triggers of parties.row_security.GuardStates are
their copy, because raw SQL and bulk updates pass the models by. A copy can drift: `drift` compares,
a check refuses to start on a difference, and `manage.py state_guards` prints the mend.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django_fsm import ANY_OTHER_STATE, ANY_STATE, FSMFieldMixin, State

from parties.row_security import guard_body, guard_name

Move = tuple[str, str]

#: DISABLED and REPLICA triggers guard nothing in an ordinary session.
_FIRING = frozenset({"O", "A"})


@dataclass(frozen=True)
class Machine:
    """One state column: where its rows may begin and how they may move."""

    model: type[Model]
    field: str
    initial: frozenset[str]
    legal: frozenset[Move]

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    @property
    def guard(self) -> str:
        return guard_name(self.model._meta.db_table, self.field)

    def body(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(_field(self.model, self.field).column)
        return guard_body(column, initial=self.initial, legal=self.legal)


def transitions(model: type[Model], field: str) -> set[Move]:
    """Every (source, target) that a registered transition can cause, errors included.

    A transition from a state to itself is left out: the database allows writing a state again.
    """
    found = _field(model, field)
    states = _states(found)
    moves: set[Move] = set()
    for method in found.transitions[model].values():
        registered = list(method._django_fsm.transitions.values())
        named = {str(one.source) for one in registered}
        for one in registered:
            sources = _sources(one.source, states, named)
            targets = _targets(one.target, model, field)
            if one.on_error is not None:
                targets = {*targets, str(one.on_error)}
            moves |= {(s, t) for s in sources for t in targets if s != t}
    return moves


def initial_states(model: type[Model], field: str) -> frozenset[str]:
    """Where rows may begin: the default, or the model's own `initial_states` {field: states}."""
    declared = getattr(model, "initial_states", {}).get(field)
    if declared is not None:
        return frozenset(str(state) for state in declared)
    found = _field(model, field)
    if not found.has_default():
        raise ImproperlyConfigured(f"{model._meta.label}.{field} has no default: name one.")
    return frozenset({str(found.get_default())})


def machines() -> Iterator[Machine]:
    """Every state machine of the installed apps, in a stable order."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FSMFieldMixin):
                yield Machine(
                    model,
                    field.name,
                    initial_states(model, field.name),
                    frozenset(transitions(model, field.name)),
                )


def drift(connection: BaseDatabaseWrapper, among: Iterable[Machine] | None = None) -> list[str]:
    """A sentence for every machine whose guard in the database is missing, off, or different."""
    installed = _installed(connection)
    problems: list[str] = []
    for machine in machines() if among is None else among:
        text, firing = installed.get((machine.model._meta.db_table, machine.guard), ("", set()))
        if not text:
            problems.append(f"{machine.label} has no guard in the database.")
        elif firing != {"insert", "update"}:
            problems.append(f"{machine.label}: a trigger of its guard is missing or switched off.")
        elif text.strip() != machine.body(connection).strip():
            problems.append(f"{machine.label}: {_difference(text, machine)}")
    return problems


def literal(machine: Machine) -> str:
    """The migration operation that installs this machine's guard."""
    initial = ", ".join(repr(state) for state in sorted(machine.initial))
    legal = "".join(f"            {move!r},\n" for move in sorted(machine.legal))
    return (
        f"        GuardStates(\n            {machine.model.__name__!r},\n"
        f"            {machine.field!r},\n            initial={{{initial}}},\n"
        f"            legal={{\n{_indented(legal)}            }},\n        ),\n"
    ).replace("'", '"')


def _indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())


def _field(model: type[Model], name: str) -> Any:
    field = model._meta.get_field(name)
    if not isinstance(field, FSMFieldMixin):
        raise ImproperlyConfigured(f"{model._meta.label}.{name} is no state column.")
    return field


def _states(field: Any) -> frozenset[str]:
    """All states `*` can stand for: the choices, which a state column therefore must have."""
    if not field.choices:
        raise ImproperlyConfigured(f"{field} names no choices: list its states.")
    return frozenset(str(value) for value, _ in field.flatchoices)


def _sources(source: Any, states: frozenset[str], named: set[str]) -> frozenset[str]:
    """django_fsm takes a state's own transition first, then `*`, then `+`."""
    if source == ANY_STATE or (source == ANY_OTHER_STATE and ANY_STATE not in named):
        return states - named
    return frozenset() if source == ANY_OTHER_STATE else frozenset({str(source)})


def _targets(target: Any, model: type[Model], field: str) -> set[str]:
    if target is None:
        return set()
    if not isinstance(target, State):
        return {str(target)}
    if not target.allowed_states:
        raise ImproperlyConfigured(f"{model._meta.label}.{field}: name the states it can return.")
    return {str(state) for state in target.allowed_states}


def _installed(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[str, set[str]]]:
    """(table, guard) -> (text, the moments whose trigger fires)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, p.proname, p.prosrc, t.tgname, t.tgenabled::text FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND p.proname LIKE %s",
            ["%\\_guard%"],
        )
        rows: Sequence[tuple[str, str, str, str, str]] = cursor.fetchall()
    found: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for table, guard, text, trigger, enabled in rows:
        _, firing = found.setdefault((table, guard), (text, set()))
        if enabled in _FIRING:
            firing.add(trigger.removeprefix(f"{guard}_"))
    return found


def _difference(text: str, machine: Machine) -> str:
    moves = set(re.findall(r"\('([^']+)', '([^']+)'\)", text.partition("(OLD.")[2]))
    missing = sorted(machine.legal - moves)
    surplus = sorted(moves - machine.legal)
    return (
        f"the guard differs; missing {missing}, not in the machine {surplus}."
        if missing or surplus
        else "the guard differs in its initial states."
    )
