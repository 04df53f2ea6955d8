"""Where embedded services keep files and sockets, so that the user they run as can reach them.

As root that user is nobody: a checkout below a 0700 home is out of reach, and no existing folder's
mode is changed to mend that; the data go to /var/tmp instead.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from config import binaries, children, remains
from config.servers import owned_folder

BASE_DIR = Path(__file__).resolve().parent.parent
THROWAWAY_PREFIX = "sanfang-throwaway-"
SOCKETS_PREFIX = "sanfang-"
# sockaddr_un holds 107 bytes; the sockets of a deep TMPDIR would not fit.
LONGEST_TEMPORARY = 40
# A folder younger than this may belong to a process that has not locked it yet.
LEFTOVER_SECONDS = 60


def data(asked: Path | None) -> Path:
    """The folder for data that stay: `asked`, $SANFANG_DATA, or .data/ beside the code."""
    named = asked or (Path(given) if (given := os.environ.get("SANFANG_DATA")) else None)
    folder = _made((named or BASE_DIR / ".data").absolute())
    if not children.runs_as_root() or binaries.open_to_all(folder):
        return folder
    if named is not None:
        raise binaries.ServicesUnavailable(
            f"以 root 运行时数据库使用 nobody 用户，它无法进入 {folder}："
            "请用 SANFANG_DATA 另选文件夹，例如 /var/tmp/sanfang。"
        )
    folder.rmdir()
    label = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:12]
    shared = _made(binaries.SHARED / f"sanfang-data-{label}")
    if shared.stat().st_uid != 0:
        raise binaries.ServicesUnavailable(f"{shared} 不属于 root，请用 SANFANG_DATA 另选文件夹。")
    return shared


def throwaway(undo: ExitStack) -> Path:
    """A folder that goes when `undo` runs; those of killed runs go now."""
    base = _temporary()
    for leftover in base.glob(f"{THROWAWAY_PREFIX}*"):
        _remove_if_abandoned(leftover)
    folder = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir=base))
    folder.chmod(0o755)
    undo.callback(shutil.rmtree, folder, ignore_errors=True)
    lock(folder, undo)
    return folder


def sockets(undo: ExitStack, *, within: Path | None) -> Path:
    """A private folder with a name short enough for a socket's address."""
    folder = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX, dir=within or _temporary()))
    owned_folder(folder)
    undo.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def cluster(folder: Path) -> Path:
    """The database files below `folder`; refused when another user made them."""
    path = folder / "postgres"
    owner = children.UNPRIVILEGED_ID if children.runs_as_root() else os.geteuid()
    if path.exists() and path.stat().st_uid != owner:
        raise binaries.ServicesUnavailable(
            f"{path} 是另一个用户建立的：请用原来的用户运行，或用 SANFANG_DATA 另选一个文件夹。"
        )
    return path


def lock(folder: Path, undo: ExitStack) -> bool:
    """Hold `folder` until `undo` runs or this process ends; False when another process does."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    undo.callback(os.close, handle)
    return True


def _made(folder: Path) -> Path:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # nobody must pass through; what is private inside is 0700 or 0600
    return folder


def _temporary() -> Path:
    folder = Path(tempfile.gettempdir())
    usable = len(str(folder)) <= LONGEST_TEMPORARY and (
        not children.runs_as_root() or binaries.open_to_all(folder)
    )
    return folder if usable else Path("/tmp")  # noqa: S108 - mkdtemp makes private folders in it


def _remove_if_abandoned(folder: Path) -> None:
    with ExitStack() as undo:
        try:
            if time.time() - folder.stat().st_mtime < LEFTOVER_SECONDS or not lock(folder, undo):
                return
        except OSError:  # another user's, or gone meanwhile
            return
        remains.clear(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
