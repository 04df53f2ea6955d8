"""The keys outside the database: root keys that wrap every school's key, and the index key.

They come from the environment and never touch a table. A ring of several root keys lets a new one
take over while the old one still opens: the first wraps, all open.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from parties.errors import KeyUnavailable

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8


@dataclass(frozen=True)
class _RootKey:
    id: bytes
    secret: bytes


def seal(secret: bytes, plain: bytes, aad: bytes) -> bytes:
    """AES-256-GCM: nonce, then ciphertext with its tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, plain, aad)


def unseal(secret: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises InvalidTag when a byte, or what it is bound to, differs."""
    return AESGCM(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)


def index_secret() -> bytes:
    """Key of blind indexes. It must outlive root keys, so a rotation needs SANFANG_INDEX_KEY set.

    Without that setting it is derived from the oldest root key (HKDF-SHA256).
    """
    configured = str(getattr(settings, "SANFANG_INDEX_KEY", "") or "")
    if configured:
        return _decoded(configured, "SANFANG_INDEX_KEY")
    hkdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"blind index")
    return hkdf.derive(_ring()[-1].secret)


def check() -> None:
    """Raises ImproperlyConfigured with the mend when the key ring is missing or malformed."""
    _ring()
    index_secret()


def _ring() -> list[_RootKey]:
    """The ring, newest first: the first wraps, all open."""
    words = [word.strip() for word in settings.SANFANG_ROOT_KEY.split(",") if word.strip()]
    if not words:
        raise ImproperlyConfigured(
            "缺少 SANFANG_ROOT_KEY：请用 `openssl rand -base64 32` 生成并妥善保存；"
            "丢失后密文无法恢复。"
        )
    secrets = [_decoded(word, "SANFANG_ROOT_KEY") for word in words]
    return [_RootKey(hashlib.sha256(s).digest()[:_ID_BYTES], s) for s in secrets]


def _decoded(word: str, setting: str) -> bytes:
    try:
        secret = base64.b64decode(word, validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"{setting} 必须是 32 个随机字节的 base64：`openssl rand -base64 32`。"
        )
    return secret


def is_newest(wrapped: bytes) -> bool:
    """Whether the first root key of the ring wrapped this."""
    return wrapped[:_ID_BYTES] == _ring()[0].id


def wrap(secret: bytes, aad: bytes) -> bytes:
    root = _ring()[0]
    return root.id + seal(root.secret, secret, aad)


def unwrap(wrapped: bytes, aad: bytes) -> bytes:
    """Raises KeyUnavailable when no root key fits, or what was wrapped was changed or moved."""
    for root in _ring():
        if root.id == wrapped[:_ID_BYTES]:
            try:
                return unseal(root.secret, wrapped[_ID_BYTES:], aad)
            except InvalidTag:
                raise KeyUnavailable("学校密钥已被改动。") from None
    raise KeyUnavailable("没有一个 SANFANG_ROOT_KEY 能打开学校密钥：旧钥匙须留到轮换完成。")
