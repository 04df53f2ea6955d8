"""Rows with encrypted values, and a look at what their tables hold."""

import base64
import os
from typing import Any
from uuid import uuid4

from parties.models import Company, Person
from parties.tenancy import scope
from tests.owner import owner_connection

HERE, THERE = 101, 202
PHONE = "+8613800138000"


def new_root_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def person(school_id: int = HERE, phone: str = PHONE, **more: Any) -> Person:
    with scope(school_id):
        return Person.objects.create(school_id=school_id, name="林同学", phone=phone, **more)


def company(school_id: int = HERE, phone: str = PHONE) -> Company:
    with scope(school_id):
        return Company.objects.create(
            school_id=school_id, uscc=uuid4().hex[:18], name="企业", phone=phone
        )


def raw(row: Person | Company, column: str = "phone") -> bytes:
    """What the table holds."""
    sql = f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s"  # noqa: S608 - our names
    return bytes(ask(sql, [row.pk]))


def ask(sql: str, params: list[Any]) -> Any:
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchone()
    return found[0] if found else None


def write(row: Person | Company, data: bytes, column: str = "phone") -> None:
    """Put bytes into the table behind the model's back."""
    table = row._meta.db_table
    sql = f"UPDATE {table} SET {column} = %s WHERE id = %s RETURNING 1"  # noqa: S608 - our names
    ask(sql, [data, row.pk])


def read(row: Person | Company, field: str = "phone") -> Any:
    with scope(row.school_id):
        return getattr(type(row)._default_manager.get(pk=row.pk), field)
