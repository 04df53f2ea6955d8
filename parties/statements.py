"""Statements that are built once for everybody who is alike, and planned once a connection.

Django builds the SQL of a policy anew for every reader, which takes far longer than running it.
Here the SQL is kept. What is kept was made for a stand-in (parties/likeness.py): it holds no id of
anybody.

    (build, what the reader is like) --> SQL with gaps --> the reader's own values --> rows

A statement is kept if two stand-ins who differ in every value get the same SQL, with their values
and nothing else in its gaps. Otherwise, or if `build` asked the database, it is built for each
reader as by hand, and the log says so.
"""

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Lookup, Model, QuerySet, UUIDField, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from ledger import cursors
from parties import likeness
from parties.likeness import Form, Ids, Known, Moments, Unlike
from parties.prepared import Columns, Filling, Nothing, Statement

M = TypeVar("M", bound=Model)

#: Makes rows out of what it is given, and of nothing else.
Build = Callable[..., QuerySet[Any]]
#: None if it has to be built anew for everybody.
Made = Statement | Nothing | None

_MOST: Final = 1024
_GAP: Final = re.compile("%[s%]")
_log: Final = logging.getLogger(__name__)


def rows(build: Callable[..., QuerySet[M]], *given: Any, limit: int | None = None) -> Sequence[M]:
    """The rows of `build(*given)`, at most `limit`; no query where there can be none.

    `build` is a function of a module. What it is given is taken apart by likeness.of.
    """
    alike = likeness.of(given)
    statement = _kept(build, alike.form)
    if statement is None:
        found = build(*_whole(given))
        return list(found if limit is None else found[:limit])
    return statement.rows(alike.values, limit=limit)


def rows_of_each(
    build: Callable[..., QuerySet[M]], given: Sequence[tuple[Any, ...]]
) -> Sequence[Sequence[M]]:
    """rows(build, *one) for each of `given`, in its order: as many queries, one round trip."""
    alike = [likeness.of(one) for one in given]
    kept = [_kept(build, like.form) for like in alike]
    with cursors.together(DEFAULT_DB_ALIAS):
        sent = [
            one.sent(like.values) if isinstance(one, Statement) else None
            for one, like in zip(kept, alike, strict=True)
        ]
        answers = [None if cursor is None else cursor.fetchall() for cursor in sent]
    return [
        one.objects(answer)
        if isinstance(one, Statement) and answer is not None
        else ([] if isinstance(one, Nothing) else list(build(*_whole(each))))
        for one, answer, each in zip(kept, answers, given, strict=True)
    ]


def _whole(given: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is given, with what likeness.Known stands for in its place."""
    if given and isinstance(given[0], Known):
        return (*given[0].given, *given[1:])
    return given


def changed(change: str, given: Sequence[Any], build: Callable[[], QuerySet[M]]) -> Sequence[M]:
    """The rows of `build()`, which asks for nothing: all that `change` returns, in one statement.

    change: a WITH list that ends with what it changes, `<table of the model> AS (UPDATE ...
    RETURNING <every column>)`. By that name `build` finds the changed rows and no others. Gaps
    are $1, $2, ... as in `given`. Inside a scope.
    """
    statement = _kept(build, likeness.of(()).form)
    if not isinstance(statement, Statement):
        raise TypeError(f"{build.__name__} does not make one kept statement")
    whole = replace(statement, sql=f"{change}\n{statement.sql}", fillings=range(len(given)))
    return whole.rows(given)


def kept(build: Build, *given: Any) -> bool:
    """Whether others who are alike get the SQL of `build(*given)` ready made."""
    return _kept(build, likeness.of(given).form) is not None


def among(name: str, ids: Ids) -> Lookup[bool]:
    """That `name` is one of `ids`; "IN" would be another statement for each number of them."""
    return _Among(F(name), Value(list(ids), ArrayField(UUIDField())))


class _Among(Lookup[bool]):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        one, before = self.process_lhs(compiler, connection)
        array, after = self.process_rhs(compiler, connection)
        return f"{one} = ANY({array})", (*before, *after)


_statements: OrderedDict[Any, Made] = OrderedDict()
_lock: Final = threading.Lock()


def _kept(build: Build, form: Form) -> Made:
    key = (build, form, timezone.get_current_timezone_name())
    with _lock:
        if key in _statements:
            _statements.move_to_end(key)
            return _statements[key]
    made = _made(build, form)
    with _lock:
        _statements[key] = made
        while len(_statements) > _MOST:
            _statements.popitem(last=False)
    return made


def _made(build: Build, form: Form) -> Made:
    try:
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(_refuse):
            return _agreed(_draft(build, form, 1), _draft(build, form, 2))
    except Unlike as unlike:
        _log.warning("%s.%s is built anew each time: %s", build.__module__, build.__name__, unlike)
        return None


def _refuse(*_: Any) -> NoReturn:
    raise Unlike("the database was asked")


def forget() -> None:
    """For tests: nothing has been built yet."""
    with _lock:
        _statements.clear()


@dataclass(frozen=True, slots=True)
class _Draft:
    """The statement for somebody who does not exist. Without SQL: it can find nothing."""

    values: Sequence[Any]
    sql: str
    parameters: Sequence[Any]
    model: type[Model]
    compiler: SQLCompiler


def _draft(build: Build, form: Form, number: int) -> _Draft:
    values = likeness.nobody(form, draft=number)
    queryset = build(*likeness.stand_in(form.tree, values))
    if queryset.query.is_sliced or getattr(queryset, "_prefetch_related_lookups", False):
        raise Unlike("it is sliced, or fetches more than its rows")
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        sql, parameters = "", ()
    return _Draft(values, sql, parameters, queryset.model, compiler)


def _agreed(one: _Draft, other: _Draft) -> Statement | Nothing:
    """What both drafts say. Raises Unlike where they differ in more than whose values they hold."""
    if one.sql != other.sql or len(one.parameters) != len(other.parameters):
        raise Unlike("the SQL depends on who it is")
    if not one.sql:
        return Nothing()
    values = list(zip(one.values, other.values, strict=True))
    held = [
        _filling(first, second, values)
        for first, second in zip(one.parameters, other.parameters, strict=True)
    ]
    fillings = list(dict.fromkeys(filling for filling in held if filling is not None))
    gaps = (_gap(*each, fillings) for each in zip(held, one.parameters, strict=True))
    sql = _GAP.sub(lambda gap: "%" if gap.group() == "%%" else next(gaps), one.sql)
    return Statement(sql, fillings, Columns.of(one.compiler, one.model))


def _gap(filling: Filling | None, constant: Any, fillings: Sequence[Filling]) -> str:
    """The gap's name; what is the same for everybody is written out."""
    if filling is not None:
        return f"${fillings.index(filling) + 1}"
    operations: Any = connections[DEFAULT_DB_ALIAS].ops
    return str(operations.compose_sql("%s", [constant]))


def _filling(first: Any, second: Any, values: Sequence[tuple[Any, Any]]) -> Filling | None:
    """Whose value the drafts hold in one gap; None where both hold the same. Raises Unlike."""
    if isinstance(first, list) and isinstance(second, list):
        return _list_filling(first, second, values)
    number = _number((first, second), values)
    if number is None and (type(first) is not type(second) or first != second):
        raise Unlike("a value was made of who it is")
    return number


def _list_filling(
    first: Sequence[Any], second: Sequence[Any], values: Sequence[tuple[Any, Any]]
) -> Filling | None:
    """Ids or moments that were given as one, or each of which was."""
    for kind in (Ids, Moments):
        number = _number((kind(first), kind(second)), values)
        if number is not None:
            return number
    if len(first) != len(second):
        raise Unlike("a list was made of who it is")
    fillings = [_filling(*pair, values) for pair in zip(first, second, strict=True)]
    numbers = tuple(one for one in fillings if isinstance(one, int))
    if numbers and len(numbers) != len(fillings):
        raise Unlike("a list is in part the same for everybody")
    return numbers or None


def _number(pair: tuple[Any, Any], values: Sequence[tuple[Any, Any]]) -> int | None:
    return next((number for number, known in enumerate(values) if known == pair), None)
