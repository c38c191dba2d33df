"""Limits how often a feed is requested from one web process."""

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from uuid import UUID

from alongside.errors import TooManyRequests

MOST_FEEDS = 10_000


@dataclass
class FeedLimit:
    """Counts the requests of each feed; `most` are answered in `seconds`. Keeps the feeds that were requested last."""

    most: int = 30
    seconds: float = 3600.0
    _requests: OrderedDict[tuple[int, UUID], deque[float]] = field(default_factory=OrderedDict)

    def count(self, authority_id: int, feed_id: UUID) -> None:
        """Count a request. Raises TooManyRequests above the limit."""
        now = time.monotonic()
        times = self._requests.setdefault((authority_id, feed_id), deque(maxlen=self.most))
        self._requests.move_to_end((authority_id, feed_id))
        if len(self._requests) > MOST_FEEDS:
            self._requests.popitem(last=False)
        if len(times) == self.most and now - times[0] < self.seconds:
            raise TooManyRequests("This calendar is requested too often. Update it once an hour at most.")
        times.append(now)
