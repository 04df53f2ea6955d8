"""One Postgres and one Valkey as child processes on private Unix sockets.

They are the real servers, with row locks, row-level security and triggers, so what a test or a demo
sees is what production does. Nothing listens on TCP.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from config import binaries, children, remains

READY_SECONDS = 30.0
BROKER_GRACE_SECONDS = 2.0
SUPERUSER = "postgres"


class Server:
    """A server process: started, stopped and, in fault tests, killed, frozen and started again."""

    name = "server"
    on_parent_death = signal.SIGKILL
    stop_signal = signal.SIGTERM
    grace = BROKER_GRACE_SECONDS

    def __init__(self, *, sockets: Path, log: Path) -> None:
        self.sockets = sockets
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    def start(self) -> None:
        """Returns when the server answers; raises ServicesUnavailable with its last words."""
        self._prepare()
        self._process = children.start(
            self._argv(),
            on_parent_death=self.on_parent_death,
            log=self.log,
            unprivileged=True,
        )
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise binaries.ServicesUnavailable(
                    f"{self.name} 无法启动，日志在 {self.log}，最后一行：{last_line(self.log)}"
                )
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            children.stop(self._process, by=self.stop_signal, grace=self.grace)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Still there, accepts connections, never answers."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process

    def _prepare(self) -> None:
        raise NotImplementedError

    def _argv(self) -> list[str | Path]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError


class Postgres(Server):
    """A cluster in `folder`; `fsync=False` is for throw-away data only."""

    name = "PostgreSQL"
    # Fast shutdown: a clean stop without waiting for clients.
    on_parent_death = stop_signal = signal.SIGINT
    grace = remains.GRACE_SECONDS

    def __init__(self, folder: Path, *, sockets: Path, log: Path, fsync: bool) -> None:
        super().__init__(sockets=sockets, log=log)
        self.folder = folder
        self.fsync = fsync
        self.bin = binaries.postgres_folder()

    def url(self, user: str, database: str) -> str:
        return f"postgresql:///{database}?host={quote(str(self.sockets), safe='')}&user={user}"

    def cut(self) -> None:
        """SIGKILL for the postmaster and every backend: a backend would finish what it is at."""
        self.kill()
        for pid in remains.processes_in(self.folder):
            remains.kill(pid)

    def _prepare(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        remains.clear(self.folder)

    def _initialise(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)  # half of an initdb that was killed
        owned_folder(self.folder)
        words: list[str | Path] = [
            self.bin / "initdb",
            "-D",
            self.folder,
            "-U",
            SUPERUSER,
            "-A",
            "trust",
        ]
        words += ["--locale=C.UTF-8", "-E", "UTF8", "--no-sync", "--no-instructions"]
        initdb = children.start(words, log=self.log, unprivileged=True)
        if initdb.wait() != 0:
            raise binaries.ServicesUnavailable(
                f"无法在 {self.folder} 建立数据库，日志在 {self.log}：{last_line(self.log)}"
            )

    def _argv(self) -> list[str | Path]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "fsync": "on" if self.fsync else "off",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "log_min_messages": "fatal",
            "timezone": "UTC",
        }
        settings = [f"--{name}={value}" for name, value in options.items()]
        return [self.bin / "postgres", "-D", self.folder, *settings]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Valkey(Server):
    """Valkey without persistence: the broker is a wake-up, losing it may only cost latency."""

    name = "Valkey"

    @property
    def socket_path(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket_path}"

    def _prepare(self) -> None:
        self.socket_path.unlink(missing_ok=True)

    def _argv(self) -> list[str | Path]:
        options: dict[str, str | Path] = {
            "--port": "0",
            "--unixsocket": self.socket_path,
            "--unixsocketperm": "700",
            "--maxmemory-policy": "noeviction",
            "--save": "",
            "--appendonly": "no",
            "--loglevel": "warning",
            "--dir": self.sockets,
        }
        return [binaries.broker_server(), *(word for pair in options.items() for word in pair)]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket_path))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def owned_folder(folder: Path) -> None:
    """Make `folder`, private to the user that the servers run as."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if children.runs_as_root():
        os.chown(folder, children.UNPRIVILEGED_ID, children.UNPRIVILEGED_ID)


def last_line(log: Path) -> str:
    """The end of a log; initdb says why first and how it tidies up after that."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    told = (line for line in reversed(lines) if line.strip() and "removing contents" not in line)
    return next(told, "（无）")
