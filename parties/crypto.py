"""Values that a stolen database must not give away: encrypted fields and blind indexes.

A value is `v1 | key id | nonce | ciphertext` (AES-256-GCM), bound by its additional data to school,
table, column and row: a ciphertext copied elsewhere does not open. It is opened on first access,
not on loading, so a query that never looks at a value pays nothing.

A model whose rows are about a person or case says so with a `crypto_subject` attribute (a UUID);
its values are sealed with that subject's key, everything else with the school's.
"""
# ruff: noqa: ARG002 - Django fixes the signatures of fields

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from parties import keyring, root_keys
from parties.errors import TamperedValue

_VERSION: Final = b"\x01"
_KEY_ID_BYTES: Final = 16
_HEADER: Final = len(_VERSION) + _KEY_ID_BYTES


class Sealed:
    """A value as the database holds it. It shows nothing of itself in logs and tracebacks."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"

    def key_id(self) -> UUID:
        if self.data[:1] != _VERSION or len(self.data) < _HEADER:
            raise TamperedValue("密文格式无法识别。")
        return UUID(bytes=self.data[1:_HEADER])


class _EncryptedAttribute(DeferredAttribute):
    """Opens a sealed value when it is first looked at; loads a deferred one as Django does."""

    field: "_EncryptedField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed):
            return value
        return self.field.opened(instance, value)

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class _EncryptedField(models.Field[Any, Any]):
    """Shared by both fields. Only this class turns a plain value into bytes for the database."""

    descriptor_class = _EncryptedAttribute
    #: What is stored as no bytes at all: there is nothing to protect.
    unsealed: tuple[Any, ...] = ()

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:  # noqa: FBT001
        """An untouched value is written back as it was; a new row seals it for itself."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed) and not add:
            return value
        value = getattr(model_instance, self.attname)
        if value is None:
            return None
        if value in self.unsealed:
            return Sealed(b"")
        sealed = self.sealed(model_instance, value)
        model_instance.__dict__[self.attname] = value
        return sealed

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,
        prepared: bool = False,  # noqa: FBT001, FBT002
    ) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(f"{self} is written by save() and bulk_create() only.")
        return value.data

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return self._refuse_lookup()

    def get_transform(self, lookup_name: str) -> Any:
        return self._refuse_lookup()

    def _refuse_lookup(self) -> NoReturn:
        raise FieldError(f"{self} is encrypted: look it up by a blind index.")

    def sealed(self, instance: models.Model, value: Any) -> Sealed:
        school_id = _school_of(instance)
        subject = getattr(instance, "crypto_subject", None)
        key = (
            keyring.school_key(school_id)
            if subject is None
            else keyring.subject_key(school_id, subject)
        )
        sealed = root_keys.seal(
            key.secret, self.to_bytes(value), self._bound_to(instance, school_id)
        )
        return Sealed(_VERSION + key.id.bytes + sealed)

    def opened(self, instance: models.Model, value: Sealed) -> Any:
        """Raises TamperedValue, or KeyUnavailable when the key was destroyed."""
        if not value.data and self.unsealed:
            return self.unsealed[0]
        school_id, key_id = _school_of(instance), value.key_id()
        key = keyring.opened(school_id, {key_id})[key_id]
        bound_to = self._bound_to(instance, school_id)
        try:
            plain = root_keys.unseal(key.secret, value.data[_HEADER:], bound_to)
        except InvalidTag:
            raise TamperedValue(
                "密文被改动或移动过。", table=self.model._meta.db_table, row=str(instance.pk)
            ) from None
        return self.to_value(instance, plain)

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def to_value(self, instance: models.Model, plain: bytes) -> Any:
        raise NotImplementedError

    def _bound_to(self, instance: models.Model, school_id: int) -> bytes:
        if instance.pk is None:
            raise ValueError(f"{self} needs a row id that is known before the insert.")
        table = self.model._meta.db_table
        return f"v1|{school_id}|{table}|{self.column}|{instance.pk}".encode()


class EncryptedTextField(_EncryptedField):
    """Text at any length."""

    unsealed = ("",)

    def to_bytes(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self} holds text, not {type(value).__name__}.")
        return value.encode()

    def to_value(self, instance: models.Model, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(_EncryptedField):
    """Anything JSON can hold. Once looked at, a change inside the value is saved too."""

    empty_strings_allowed = False

    def to_bytes(self, value: Any) -> bytes:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)

    def to_value(self, instance: models.Model, plain: bytes) -> Any:
        value = orjson.loads(plain)
        instance.__dict__[self.attname] = value
        return value


def warm(instances: Sequence[models.Model]) -> None:
    """Open the keys of a whole list in at most two queries, before a loop over its values."""
    wanted: dict[int, set[UUID]] = {}
    for instance in instances:
        for value in _sealed_values(instance):
            wanted.setdefault(_school_of(instance), set()).add(value.key_id())
    for school_id, key_ids in wanted.items():
        keyring.opened(school_id, key_ids)


def blind_index(school_id: int | None, kind: str, value: str) -> bytes:
    """A look-up key for an encrypted value: HMAC-SHA256 under a key of its own, 32 bytes.

    Bring phones and ids into their one form first; width, case and outer spaces do not matter.
    `school_id` is None where the school is only found by the look-up (sign-in by phone).
    """
    plain = unicodedata.normalize("NFKC", value).strip().casefold()
    scope = "" if school_id is None else str(school_id)
    message = f"{scope}|{kind}|{plain}".encode()
    return hmac.new(root_keys.index_secret(), message, hashlib.sha256).digest()


def _sealed_values(instance: models.Model) -> Iterable[Sealed]:
    values = instance.__dict__.values()
    return [value for value in values if isinstance(value, Sealed) and value.data]


def _school_of(instance: models.Model) -> int:
    return int(instance.school_id)  # type: ignore[attr-defined]
