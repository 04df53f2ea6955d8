"""Every scenario by the name that is typed; the names themselves stand in options.py."""

from collections.abc import Mapping
from typing import Final

from config.demo.conflict.story import Conflict
from config.demo.crisis.story import Crisis
from config.demo.mass_notice.story import MassNotice
from config.demo.scenario import Scenario
from config.demo.skills.story import Skills

SCENARIOS: Final[Mapping[str, type[Scenario]]] = {
    "crisis": Crisis,
    "mass-notice": MassNotice,
    "skills": Skills,
    "conflict": Conflict,
}
