"""Who is next on which worker: first come, first served, one page a thread."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(eq=False)
class Slot:
    """A thread of a worker, taken for one page."""

    avoid: frozenset[str]
    worker: str = ""
    given: threading.Event = field(default_factory=threading.Event)


class Slots:
    """The threads of the workers that may build; workers come and go at any time.

    Examples
    --------
    >>> slots = Slots()
    >>> slots.offer("a", 1)
    >>> slot = slots.take()
    >>> slot.worker
    'a'
    >>> slots.free(slot)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[str, int] = {}
        self._taken: dict[str, set[Slot]] = {}
        self._waiting: deque[Slot] = deque()
        self._problem: Exception | None = None

    @property
    def workers(self) -> dict[str, int]:
        """Workers that may build, and their threads."""
        with self._lock:
            return dict(self._threads)

    def offer(self, worker: str, threads: int) -> None:
        """A worker may build."""
        with self._lock:
            self._threads[worker] = threads
            self._taken[worker] = set()
            self._match()

    def withdraw(self, worker: str) -> None:
        """A worker is gone."""
        with self._lock:
            self._threads.pop(worker, None)
            self._taken.pop(worker, None)
            self._match()

    def take(self, avoid: frozenset[str] = frozenset()) -> Slot:
        """Wait for a free thread; one of the workers to `avoid` only where there is no other worker.

        Raises
        ------
        Exception
            What `close` was given.
        """
        slot = Slot(avoid)
        with self._lock:
            self._waiting.append(slot)
            self._match()
        slot.given.wait()
        if not slot.worker:
            raise self._problem
        return slot

    def free(self, slot: Slot) -> None:
        """Give a thread back; a second time does nothing."""
        with self._lock:
            taken = self._taken.get(slot.worker, set())
            if slot in taken:
                taken.remove(slot)
                self._match()

    def close(self, problem: Exception) -> None:
        """Nobody gets a thread any more; all who wait are told why."""
        with self._lock:
            self._problem = self._problem or problem
            self._match()

    def _match(self) -> None:
        if self._problem:
            while self._waiting:
                self._waiting.popleft().given.set()
            return
        passed_over = []
        while self._waiting and (free := [one for one in self._threads if len(self._taken[one]) < self._threads[one]]):
            slot = self._waiting.popleft()
            fit = [one for one in free if one not in slot.avoid]
            if not fit and not set(self._threads) <= slot.avoid:
                passed_over.append(slot)
                continue
            slot.worker = max(fit or free, key=lambda one: self._threads[one] - len(self._taken[one]))
            self._taken[slot.worker].add(slot)
            slot.given.set()
        self._waiting.extendleft(reversed(passed_over))
