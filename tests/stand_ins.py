"""The smallest meeting and notice: one task each, so that routing is tried apart from them."""

import shutil
from pathlib import Path

from tests.engine.diagrams import chain, document, end, process, start, user

_ROLES = '<spiffworkflow:property name="roles" value="HT"/>'


def one_task(key: str, task: str) -> str:
    """A process `key` in which the homeroom teacher does `task`, and nothing else."""
    asked = user(task, form="confirmation")
    asked = asked.replace("<spiffworkflow:properties>", f"<spiffworkflow:properties>{_ROLES}", 1)
    return document(process(key, start(), asked, end(), chain("s", task, "e")))


def folder(shipped: Path, into: Path) -> Path:
    """A copy of bpmn/ in which meeting and notice are stand-ins."""
    shutil.copytree(shipped, into)
    for key, task in (("meeting", "meet"), ("notice", "announce")):
        (into / f"{key}.bpmn").write_text(one_task(key, task), encoding="utf-8")
    return into
