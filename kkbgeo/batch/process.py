"""One notebook run in a process of its own: started, limited in time, ended for certain."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import traceback
from pathlib import Path

from kkbgeo.batch.kernels import PLAIN, cannot_fork, kernel, say
from kkbgeo.batch.orphans import guard, tell_usage
from kkbgeo.batch.plan import Run


def in_own_process(run: Run, aside: Path, limit: float, kernel_name: str = "") -> str:
    """Run a notebook in a process of its own, with a kernel of its own; neither outlives this call.

    Parameters
    ----------
    run : Run
        The notebook and its parameters.
    aside : Path
        An empty folder: the executed notebook, its page and ``kernel.log`` go there.
    limit : float
        Seconds after which the run is stopped.
    kernel_name : str
        The Jupyter kernel; else the warm one, or the plain one where that cannot be had.

    Returns
    -------
    str
        "" or what went wrong.
    """
    if not kernel_name:
        kernel_name, why = kernel()
        if why:
            say(why)
    answer, theirs = multiprocessing.Pipe(duplex=False)
    try:
        child = _process(run, aside, kernel_name, theirs)
        child.start()
    except (OSError, EOFError) as wrong:
        answer.close()
        return f"its process could not be started ({type(wrong).__name__}: {wrong})"
    finally:
        theirs.close()
    try:
        if answer.poll(limit):
            return answer.recv()
        child.terminate()  # it writes its notebook as far as it got
        return f"took longer than {limit:.0f} s and was stopped"
    except EOFError:
        child.join(5)
        return f"its process ended without an answer (exit code {child.exitcode}); out of memory?"
    finally:
        answer.close()
        child.join(5)
        if child.is_alive():
            child.kill()  # its kernel ends with it
            child.join()
        child.close()


def _process(run: Run, aside: Path, kernel_name: str, theirs) -> multiprocessing.process.BaseProcess:
    """Return the process that runs papermill: a fork of the server that also forks its kernel, else a new Python."""
    work = (run, str(aside), kernel_name, theirs)
    if cannot_fork():
        return multiprocessing.get_context("spawn").Process(target=_execute, args=work)
    from kkbgeo.batch.warm import SERVER, Process

    SERVER.ensure_running()
    return Process(target=_execute_forked, args=(SERVER.inheritance(), dict(os.environ), str(Path.cwd()), *work))


def _execute_forked(inheritance: dict, environment: dict[str, str], folder: str, *work) -> None:
    from kkbgeo.batch import warm

    warm.end_with(multiprocessing.parent_process().sentinel, group=False)
    warm.settle(environment, folder)
    warm.SERVER.inherit(inheritance)
    _execute(*work)


def _execute(run: Run, aside: str, kernel_name: str, answer) -> None:
    private = ""
    notebook = Path(aside) / run.notebook.name

    def stop(*_signal) -> None:
        SparingEngine.keep(notebook)
        shutil.rmtree(private, ignore_errors=True)
        tell_usage(Path(aside))
        os._exit(1)  # its kernel ends with it

    try:
        guard(Path(aside))
        # The kernel's own chatter goes to a log, not into the progress bar.
        log = os.open(Path(aside) / "kernel.log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        # A settings folder of its own: parallel kernels must not share a history file.
        os.environ["IPYTHONDIR"] = str(Path(aside) / "ipython")
        os.environ["KKBGEO_INLINE"] = "no"
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        import papermill

        from kkbgeo.batch.engine import NAME, SparingEngine
        from kkbgeo.batch.provisioner import PrivateKernelManager

        private = tempfile.mkdtemp(prefix="kkb-", dir=PrivateKernelManager.common_folder())
        signal.signal(signal.SIGTERM, stop)
        papermill.execute_notebook(
            str(run.notebook),
            str(notebook),
            parameters={**run.parameters, "out": str(Path(aside) / "atlas")},
            kernel_name=kernel_name or PLAIN,
            kernel_manager_class=PrivateKernelManager.within(private),
            extra_arguments=["--HistoryManager.hist_file=:memory:"],  # as nbclient asks of a plain kernel
            shutdown_kernel="immediate",  # the page is written; there is nothing to save
            cwd=str(run.notebook.parent),
            request_save_on_cell_execute=False,  # twice a cell, each with a check of the whole notebook
            engine_name=NAME,
            progress_bar=False,
            log_output=False,
            start_timeout=120,
        )
        answer.send("")
    except Exception as wrong:
        if private:
            SparingEngine.keep(notebook)
        answer.send(_one_line(wrong))
    finally:
        answer.close()
        shutil.rmtree(private, ignore_errors=True)


def _one_line(wrong: Exception) -> str:
    """Say what went wrong in a cell: the error's own name and first line, not the whole traceback."""
    name, value = getattr(wrong, "ename", ""), getattr(wrong, "evalue", "")
    if name:
        return f"{name}: {value.splitlines()[0] if value else ''} (cell {getattr(wrong, 'exec_count', '?')})"
    return traceback.format_exception_only(wrong)[-1].strip().splitlines()[0]
