"""Decoders of pictures and PDF run in a child process that holds no key and ends in time.

They are large and read what strangers send. The child gets the bytes and nothing else: an empty
environment, no open file of ours, bounds on memory and time. If it hangs, crashes or eats memory,
the upload is refused and the server goes on.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from records.uploads.documents import clean_pdf
from records.uploads.errors import Reason, UploadRefused
from records.uploads.images import clean_image
from records.uploads.kinds import IMAGES, Cleaned, Kind

#: Seconds of computing, and seconds until an answer must be there on a busy machine.
CPU_SECONDS: Final = 20
ANSWER_SECONDS: Final = 45
MEMORY_BYTES: Final = 1024 * 1024 * 1024

#: Children of one server process at a time: the next upload waits for its turn.
_turns: Final = BoundedSemaphore(2)
_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_BROKEN_MEND: Final = "请重新导出或截屏后再上传。"


def decode(kind: Kind, data: bytes) -> Cleaned:
    """`data` through the decoder of its kind, in a child; raises UploadRefused and nothing else."""
    header, _, cleaned = _ask_child(kind, data).partition(b"\n")
    if not header:
        raise broken()
    words = json.loads(header)
    if "reason" in words:
        raise UploadRefused(
            words["message"], reason=Reason(words["reason"]), mend=words["mend"], **words["context"]
        )
    return Cleaned(Kind(words.pop("kind")), cleaned, **words)


def _ask_child(kind: Kind, data: bytes) -> bytes:
    """What the child says; nothing where it hung, crashed or was stopped."""
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603 -- our own interpreter and a word of ours
                [sys.executable, "-I", "-B", "-c", _START, str(_ROOT), kind.value],
                input=data,
                capture_output=True,
                check=False,
                timeout=ANSWER_SECONDS,
                env={},
            )
        except subprocess.TimeoutExpired:
            return b""
    return done.stdout if done.returncode == 0 else b""


def decode_here(kind: Kind, data: bytes) -> Cleaned:
    """The same without a child: what the child runs. Raises UploadRefused and nothing else."""
    try:
        return clean_image(data, kind) if kind in IMAGES else clean_pdf(data)
    except UploadRefused:
        raise
    except Exception:  # noqa: BLE001 -- a decoder of hostile bytes may raise anything
        raise broken() from None


def broken() -> UploadRefused:
    return UploadRefused("文件已损坏，无法打开。", reason=Reason.BROKEN, mend=_BROKEN_MEND)


def main(word: str) -> None:
    """The child: bytes on stdin; one line of JSON and the cleaned bytes on stdout."""
    _bound()
    try:
        cleaned = decode_here(Kind(word), sys.stdin.buffer.read())
    except UploadRefused as refused:
        context = {name: said for name, said in refused.context.items() if name != "reason"}
        words = {"message": str(refused), "mend": refused.mend, "context": context}
        _answer({**words, "reason": refused.reason.value}, b"")
        return
    sizes = {"width": cleaned.width, "height": cleaned.height, "pages": cleaned.pages}
    _answer({"kind": cleaned.kind.value, **sizes}, cleaned.data)


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.nice(5)


def _answer(words: dict[str, object], data: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(words).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from records.uploads.apart import main; main(sys.argv[2])"
)
