"""A tracker that another one stands in for."""

from __future__ import annotations

import logging

from core.errors import EngineError
from core.types import Changes
from engines.tracking.base import Tracker, TrackView

log = logging.getLogger(__name__)


class FallbackTracker:
    """The first tracker's changes; where it fails, the second one's, as if the first were not there."""

    def __init__(self, first: Tracker, second: Tracker) -> None:
        self.first, self.second = first, second
        self.name = first.name

    async def changes(self, view: TrackView) -> Changes:
        """As the port has it; raises only what the second tracker raises."""
        try:
            return await self.first.changes(view)
        except EngineError as error:
            log.warning("%s gave no changes, %s stands in: %s", self.first.name, self.second.name, error)
            return await self.second.changes(view)
