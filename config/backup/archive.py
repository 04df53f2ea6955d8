"""The tar inside: parts with a size and a digest, and last of all the manifest that lists them."""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from types import TracebackType
from typing import IO, Any, BinaryIO, Final, Self

from config.backup.refusal import Refused

MANIFEST: Final = "manifest.json"
#: Bytes of one piece of the dump: a tar wants to know each size beforehand, a dump does not.
PIECE: Final = 8 * 1024 * 1024
_BUFFER: Final = 1024 * 1024
_LARGEST_MANIFEST: Final = 256 * 1024 * 1024
_BROKEN: Final = "备份内容与它的清单不符：请换一份备份。"


@dataclass(frozen=True, slots=True)
class Part:
    """One member of the tar: bytes, and hex SHA-256."""

    name: str
    size: int
    sha256: str


class Writer:
    """Writes parts to a stream that cannot go back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", bufsize=_BUFFER)  # noqa: SIM115 - __exit__
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tar.close()  # while the stream is still open, also where it leads nowhere any more

    def add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, BytesIO(data))
        self.parts.append(Part(name, len(data), hashlib.sha256(data).hexdigest()))

    def add_stream(self, name: str, stream: IO[bytes]) -> None:
        """As name/000001 and so on: put together in order they are the stream."""
        number = 0
        while piece := stream.read(PIECE):
            number += 1
            self.add(f"{name}/{number:06d}", piece)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add the manifest: without it an archive is nothing."""
        whole = {**manifest, "parts": [asdict(part) for part in self.parts]}
        self.add(MANIFEST, json.dumps(whole, ensure_ascii=False, indent=1).encode())


def parts(stream: BinaryIO) -> Iterator[tuple[Part, bytes]]:
    """Every part with its content, one at a time in memory; the manifest comes last.

    Raises Refused where this is no tar, or it ends too early.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=_BUFFER) as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None or entry.size > _LARGEST_MANIFEST:
                    raise Refused(_BROKEN)
                data = content.read()
                yield Part(entry.name, len(data), hashlib.sha256(data).hexdigest()), data
    except tarfile.TarError:
        raise Refused(_BROKEN) from None


def read_manifest(stream: BinaryIO) -> dict[str, Any]:
    """Read the whole archive once, and return its manifest when every part is as it says.

    Raises Refused.
    """
    found: list[Part] = []
    manifest: dict[str, Any] | None = None
    for part, data in parts(stream):
        if manifest is not None:
            raise Refused(_BROKEN)  # something behind the end
        if part.name == MANIFEST:
            manifest = json.loads(data)
        else:
            found.append(part)
    if manifest is None or [Part(**each) for each in manifest["parts"]] != found:
        raise Refused(_BROKEN)
    return manifest
