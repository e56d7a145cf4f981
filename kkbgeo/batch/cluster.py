"""The pages of a batch, built on a Dask cluster: which workers may, which page goes where, and what is lost on the way.

The batch hands a page to a worker only when that has a thread to spare, so that a page that waits costs nothing and
a limit of time counts the run alone. Only the batch writes into the atlas folder.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo.batch.inputs import Inputs, unpack
from kkbgeo.batch.kernels import CHOICE
from kkbgeo.batch.orphans import USAGE
from kkbgeo.batch.runner import likeness
from kkbgeo.batch.slots import Slot, Slots
from kkbgeo.errors import BatchError, ParameterError

if TYPE_CHECKING:
    from distributed import Client, Future

    from kkbgeo.batch.plan import Run

EXECUTORS = ("processes", "dask")
MOST = 1000  # pages under way at a time, however large the cluster is
CONNECT = 10.0  # seconds to reach the scheduler
PATIENCE = 60.0  # seconds without any worker that may build
LOOK = 0.5  # seconds between two looks at the workers
LOSSES = 3  # workers that a page may cost
_SHOWN = 4
_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://\S+:\d+")


class ClusterError(BatchError):
    """A cluster that cannot be reached, was lost, or has no worker that may build."""

    exit_code = 4


def check(executor: str, scheduler: str) -> None:
    """Refuse what does not go together, before anything starts.

    Raises
    ------
    ParameterError
        Another executor, a scheduler without Dask, or no address of one.
    BatchError
        Dask is not installed.

    Examples
    --------
    >>> check("processes", "")
    """
    if executor not in EXECUTORS:
        raise ParameterError(
            f"There is no executor {executor!r}.", hint=f"One of: {', '.join(EXECUTORS)}", value=executor
        )
    if scheduler and executor != "dask":
        raise ParameterError(
            f"--scheduler {scheduler} is for Dask alone.", hint="Add: --executor dask", value=scheduler
        )
    if scheduler and not _ADDRESS.fullmatch(scheduler):
        raise ParameterError(
            f"{scheduler!r} is not the address of a scheduler.", hint="As in: --scheduler tcp://10.0.0.5:8786",
            value=scheduler,
        )  # fmt: skip
    if executor == "dask" and not (find_spec("distributed") and find_spec("cryptography")):
        raise BatchError(
            "Dask is not installed.", hint="Install the extra here and on every worker: pip install -e '.[dask]'"
        )


@contextmanager
def cluster(
    scheduler: str, jobs: int, runs: list[Run], tell: Callable[[str], None] = lambda _: None
) -> Iterator[Cluster]:
    """Open a cluster for the runs of a batch; all that it has on the workers ends with it.

    Parameters
    ----------
    scheduler : str
        Its address (``tcp://host:8786``); "" starts a cluster on this machine, whose connections are encrypted.
    jobs : int
        Workers of that, one notebook at a time each.
    runs : list of Run
        What is to be built.
    tell : callable
        Told in words which workers are used, and which are refused and why.

    Raises
    ------
    ClusterError
        The scheduler cannot be reached.
    """
    from distributed import LocalCluster

    for name in ["distributed", *logging.root.manager.loggerDict]:
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is told in our words
    inputs = Inputs.of(runs)
    local = None
    try:
        if not scheduler:
            local = LocalCluster(
                n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", memory_limit=0,
                security=True, silence_logs=logging.CRITICAL,
                preload="kkbgeo.batch.leave_interrupts",
            )  # fmt: skip
        client = _connect(local or scheduler, scheduler)
        try:
            with Cluster(client, inputs, tell) as opened:
                yield opened
        finally:
            with suppress(Exception):
                client.close(timeout=2)
    finally:
        if local is not None:
            with suppress(Exception):
                local.close(timeout=5)


def _connect(target: Any, scheduler: str) -> Client:
    from distributed import Client

    try:
        return Client(target, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as wrong:
        raise ClusterError(
            f"The scheduler {scheduler or 'of this machine'} cannot be reached: {str(wrong) or type(wrong).__name__}.",
            hint="Start it (dask scheduler), and give the address that it prints: --scheduler tcp://HOST:8786",
            scheduler=scheduler,
        ) from None


class Cluster:
    """Builds pages on the workers of a Dask cluster; see `cluster`."""

    def __init__(self, client: Client, inputs: Inputs, tell: Callable[[str], None]) -> None:
        self._client, self._inputs, self._tell = client, inputs, tell
        self._batch = uuid.uuid4().hex
        self._environment = {CHOICE: os.environ[CHOICE]} if os.environ.get(CHOICE) else {}
        self._likeness = likeness()
        self._slots = Slots()
        self._lock = threading.Lock()
        self._flying: dict[Future, str] = {}  # page under way -> its worker
        self._asked: set[str] = set()  # workers that were asked whether they may build
        self._refused: dict[str, str] = {}
        self._packed: bytes | None = None
        self._problem: Exception | None = None
        self._closed = threading.Event()

    def __enter__(self) -> Cluster:
        self._askers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="kkbgeo-ask")
        threading.Thread(target=self._watch, name="kkbgeo-watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._askers.shutdown(wait=False, cancel_futures=True)
        if self._client.status == "running":
            # A worker that cannot be told in time ends it by itself.
            teller = threading.Thread(target=self._dismiss, daemon=True)
            teller.start()
            teller.join(3)

    def stop(self) -> None:
        """End every page under way; the workers notice and end what they run."""
        self._give_up(ClusterError("The batch was stopped."))

    def _dismiss(self) -> None:
        from kkbgeo.batch import remote

        with suppress(Exception):
            self._client.run(remote.dismiss, self._batch, workers=[*self._slots.workers], on_error="ignore")

    # --- a page ----------------------------------------------------------------------------------------------------

    def build(self, run: Run, aside: Path, limit: float) -> str:
        """Build a page on some worker, its files into `aside`; return "" or what went wrong.

        A page whose worker is lost goes to another one; it may cost `LOSSES` workers.

        Raises
        ------
        ClusterError
            The cluster is lost, or has no worker that may build.
        """
        lost: list[str] = []
        while len(lost) < LOSSES:
            slot = self._slots.take(frozenset(lost))
            try:
                built = self._send(run, limit, slot, len(lost))
            finally:
                self._slots.free(slot)
            if isinstance(built, str):
                return built
            if built is not None:
                _accept(built, aside)
                return built.error
            lost.append(slot.worker)
        return f"{LOSSES} workers were lost while they built it: {', '.join(lost)}"

    def _send(self, run: Run, limit: float, slot: Slot, number: int) -> Any:
        """Return what the worker built, a text when it could not, None when it was lost."""
        from concurrent.futures import CancelledError

        from distributed import KilledWorker, wait

        from kkbgeo.batch import remote

        future = self._client.submit(
            remote.build_there, self._batch, run, limit, workers=[slot.worker], pure=False,
            key=f"kkbgeo-{run.code}-{number}-{uuid.uuid4().hex}",
        )  # fmt: skip
        try:
            with self._lock:
                if self._problem:
                    raise self._problem
                self._flying[future] = slot.worker
            with self._client.as_current():
                wait([future])
            if future.status == "finished":
                self._slots.free(slot)  # the next page may start there while the bytes of this one come
            built = future.result()
        except (CancelledError, KilledWorker):
            self._see_to_scheduler()
            return None
        except ClusterError:
            raise
        except Exception as wrong:
            self._see_to_scheduler()
            return f"{type(wrong).__name__}: {wrong}".splitlines()[0]
        finally:
            with self._lock:
                self._flying.pop(future, None)
            if not future.done():
                with suppress(Exception):
                    future.cancel()
        if not built.ready:  # another process has its address now, and is to be asked anew
            self._forget(slot.worker)
            return None
        return built

    def _see_to_scheduler(self) -> None:
        if self._client.status != "running":
            self._give_up(
                ClusterError(
                    "The scheduler was lost.",
                    hint="Look into its log, start it again, and call again: the pages that are built stay",
                )
            )
        if self._problem:
            raise self._problem

    def _give_up(self, problem: Exception) -> None:
        with self._lock:
            self._problem = self._problem or problem
            flying = list(self._flying)
        self._closed.set()
        self._slots.close(self._problem)
        if self._client.status == "running":  # else they are cancelled already
            with suppress(Exception):
                self._client.cancel(flying, force=True)

    # --- the workers -----------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Look who is there: ask new workers, take pages back from lost ones, give up when nobody is left."""
        seen = time.monotonic()
        while not self._closed.wait(LOOK if self._slots.workers else LOOK / 5):
            try:
                self._see_to_scheduler()
                there = self._client.nthreads()
            except Exception:
                with suppress(Exception):
                    self._see_to_scheduler()
                continue
            for worker in self._asked - set(there):
                self._forget(worker)
            with self._lock:
                gone = [future for future, worker in self._flying.items() if worker not in there]
            if gone:
                with suppress(Exception):
                    self._client.cancel(gone, force=True)
            for worker in set(there) - self._asked:
                self._asked.add(worker)
                self._askers.submit(self._ask, worker, there[worker])
            if self._slots.workers:
                seen = time.monotonic()
            elif there and set(there) <= set(self._refused):
                self._give_up(self._nobody("No worker of the cluster may build pages"))
            elif time.monotonic() - seen > PATIENCE:
                self._give_up(self._nobody(f"The cluster has no worker for {PATIENCE:.0f} s"))

    def _nobody(self, what: str) -> ClusterError:
        told = "; ".join(f"{worker}: {why}" for worker, why in self._refused.items())
        hint = (
            "Give every worker the same checkout and the same requirements.lock as here"
            if self._refused
            else "Start some: dask worker ADDRESS-OF-THE-SCHEDULER --nthreads 4"
        )
        return ClusterError(f"{what}{': ' if told else ''}{told}.", hint=hint, refused=dict(self._refused))

    def _forget(self, worker: str) -> None:
        self._slots.withdraw(worker)
        self._refused.pop(worker, None)
        self._asked.discard(worker)

    def _ask(self, worker: str, threads: int) -> None:
        """Ask a worker for its code, libraries and inputs; use it when they are ours."""
        from kkbgeo.batch import remote

        def call(function: Callable, *given: object) -> Any:
            return self._client.run(function, *given, workers=[worker], on_error="return")[worker]

        def prepare() -> Any:
            return call(remote.prepare, self._batch, self._inputs, self._environment)

        try:
            answer = prepare()
            if isinstance(answer, remote.Answer) and not answer.inputs and not answer.problem:
                sent = call(remote.receive, self._inputs, self._archive())
                answer = sent if isinstance(sent, Exception) else prepare()
            if worker not in self._asked or self._closed.is_set():
                return
            if isinstance(answer, OSError):
                self._asked.discard(worker)  # it went away, or the connection did: the next look tells
                return
            where, why = _verdict(worker, answer, self._likeness)
        except Exception as wrong:
            if self._client.status != "running":
                return
            where, why = worker, f"it cannot be asked ({type(wrong).__name__}: {wrong})"
        if why:
            self._refused[worker] = why
            self._tell(f"Worker {where} is not used: {why}.")
            return
        if answer.why_plain:
            self._tell(f"Worker {where} is slower: {answer.why_plain}")
        self._slots.offer(worker, threads)

    def _archive(self) -> bytes:
        with self._lock:
            if self._packed is None:
                self._packed = self._inputs.packed()
            return self._packed


def _verdict(worker: str, answer: Any, ours: dict[str, dict[str, str]]) -> tuple[str, str]:
    """Return who answered, and why it may not build pages, or ""."""
    if isinstance(answer, Exception):
        return worker, f"it cannot load the batch's code ({type(answer).__name__}: {answer})"
    if answer.problem or not answer.inputs:
        return answer.where, answer.problem or "it could not keep the inputs"
    told = []
    for part, words in (("code", "its kkbgeo differs in"), ("libraries", "it has")):
        theirs, mine = answer.likeness[part], ours[part]
        names = [name for name in sorted({*theirs, *mine}) if theirs.get(name) != mine.get(name)]
        if part == "libraries":
            names = [f"{name} {theirs.get(name, 'absent')}, here {mine.get(name, 'absent')}" for name in names]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        if names:
            told.append(f"{words} {'; '.join(names[:_SHOWN])}{more}")
    return answer.where, "; ".join(told)


def _accept(built: Any, aside: Path) -> None:
    """Put what a worker made where a run of this machine would have put it, with where and how long."""
    unpack(built.files, aside)
    usage = {}
    with suppress(OSError, ValueError):
        usage = json.loads((aside / USAGE).read_text(encoding="utf-8"))
    told = {**usage, "seconds": built.seconds, "where": built.where}
    (aside / USAGE).write_text(json.dumps(told), encoding="utf-8")
