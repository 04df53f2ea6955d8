"""What a scenario is: one class that names its promises, plays its story and judges the record.

A new one is a package beside `crisis` (story, promises, review), one line in scenarios.py, one
name in options.py, and the words for its events in words.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from config.demo import cast as casting
from config.demo.actors import Actors
from config.demo.cast import Cast
from config.demo.evidence import Evidence


class Scenario(Actors, ABC):
    """The people of a story, and the story.

    `begins` is the school time of the first scene. `promises` lists codes and sentences in
    the order in which they are told. `unspoken` are words that may stand in no message that leaves.
    """

    begins: ClassVar[datetime]
    promises: ClassVar[Mapping[str, str]]
    unspoken: ClassVar[str] = ""

    @classmethod
    def cast_of(cls, *, school_id: int, at: datetime) -> Cast:
        """Who plays, read at `at` inside a scope. Raises casting.Miscast."""
        return casting.find(school_id=school_id, at=at)

    @abstractmethod
    def play(self) -> None:
        """The scenes, in order. Every matter that is opened goes into `self.stage.cases`."""

    @staticmethod
    @abstractmethod
    def review(evidence: Evidence) -> None:
        """Hold the record against this scenario's own promises."""
