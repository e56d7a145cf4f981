"""Which pages of a plan must be built, and why, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo import paths
from kkbgeo.batch.fingerprint import Surroundings
from kkbgeo.batch.manifest import Entry, Manifest, Reason
from kkbgeo.batch.plan import Run, chosen_of, plan
from kkbgeo.pages import analyses, of_level

if TYPE_CHECKING:
    from kkbgeo.workbench import Workbench

_SAME_FOR_ALL = {
    "sources": "a source that it names is described anew",
    "surveys": "the survey rounds changed",
    "medians": "the medians of all regencies that it shows changed",
    "common": "the newest survey, or a date of the portal's exports, is another one",
    "gazetteer": "the gazetteer (or the tile grid) changed",
    "targets": "the targets that sources name changed",
    "links": "a page above it is simulated now, or is no longer",
    "boundaries": "the boundaries it is drawn from changed",
    "catalogue": "the catalogue of indicators changed",
    "notebook": "its notebook changed",
}
_SHOWN = 4


@dataclass(frozen=True)
class Decision:
    """One page: how to build it, from what, and the reasons to build it (none: it is current)."""

    run: Run
    fingerprint: dict[str, str]
    inputs: dict[str, Any]
    reasons: tuple[Reason, ...]


@dataclass
class Survey:
    """What a batch has to do."""

    surroundings: Surroundings
    decisions: list[Decision]
    codes: list[str] = field(default_factory=list)  # of the whole atlas, in order
    bench: Workbench | None = None  # None when the manifest alone could tell

    @property
    def due(self) -> list[Decision]:
        """The pages to build."""
        return [one for one in self.decisions if one.reasons]


def survey(
    manifest: Manifest,
    only: list[str],
    *,
    as_of: str = "",
    language: str = "id",
    boundaries: str = "",
    briefs: bool = True,
    force: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> Survey:
    """Compare every page that `only` names (all when empty) with the manifest.

    When nothing at all changed since the last batch (data, code, notebooks, libraries, parameters), the manifest
    tells the plan and the fingerprints, and no library needs to be loaded; files are checked in any case. Where it
    cannot, `meanwhile` is called first: what it starts runs beside the loading.

    Raises
    ------
    KkbgeoError
        A wrong code, date or language, or data that are not what their records say.
    """
    here = Surroundings(Path(paths.data_root()), as_of, language, boundaries, briefs)
    runs = _runs_of(manifest, here, only)
    if runs is not None:
        decisions = [
            Decision(run, (entry := manifest.pages[run.code])["fingerprint"], entry["inputs"],
                     tuple(_reasons(manifest, run, entry["fingerprint"], entry["inputs"], here, force)))
            for run in runs
        ]  # fmt: skip
        return Survey(here, decisions, list(manifest.plan["codes"]))

    meanwhile()
    from kkbgeo.profiles.inputs import page_inputs
    from kkbgeo.workbench import Workbench

    # The workbench checks date, language and data once, before 62 kernels would each find the same fault.
    bench = Workbench(as_of=as_of, language=language, boundaries=boundaries)
    everything = plan(bench.gazetteer, [], as_of=as_of, language=language, boundaries=boundaries, briefs=briefs)
    chosen = chosen_of(bench.gazetteer, only)
    decisions = []
    for run in everything:
        if run.code not in chosen:
            continue
        found = page_inputs(bench, run.code)
        fingerprint = here.fingerprint(run, found)
        inputs = {"checksum": found.checksum, "records": found.records}
        decisions.append(
            Decision(run, fingerprint, inputs, tuple(_reasons(manifest, run, fingerprint, inputs, here, force)))
        )
    return Survey(here, decisions, [run.code for run in everything], bench)


def _runs_of(manifest: Manifest, here: Surroundings, only: list[str]) -> list[Run] | None:
    """Return the runs as the manifest tells them, or None where it cannot: something changed, or a page is due."""
    if manifest.plan.get("world") != here.world:
        return None
    codes = manifest.plan["codes"]
    if not set(only) <= set(codes):
        return None
    chosen = [code for code in codes if not only or code in only or code.split(".")[0] in only]
    runs = []
    for code in chosen:
        entry = manifest.pages.get(code, {})
        if entry.get("world") != here.world:
            return None
        notebook = (analyses().get(code) or of_level(entry["level"])).notebook
        runs.append(Run(entry["level"], code, entry["name"], notebook, dict(entry["parameters"])))
    return runs


def _reasons(
    manifest: Manifest, run: Run, fingerprint: dict, inputs: dict, here: Surroundings, force: bool
) -> list[Reason]:
    if force:
        return [Reason("everything is built again, as asked (--force)", "forced")]
    entry = manifest.pages.get(run.code)
    if not entry or not entry.get("fingerprint"):
        if entry and entry.get("error"):
            return [Reason(f"its last build failed: {entry['error']}", "failed")]
        return [Reason("it was not built here yet", "new")]
    return [*_changes(entry, run, fingerprint, inputs, here, manifest), *manifest.file_faults(run.code)]


def _changes(
    entry: Entry, run: Run, fingerprint: dict, inputs: dict, here: Surroundings, manifest: Manifest
) -> list[Reason]:
    fingerprint_was = entry["fingerprint"]
    told = []
    for part, value in fingerprint.items():
        was = fingerprint_was.get(part)
        if was == value:
            continue
        names: list[str] = []
        if part == "records":
            before, after = entry["inputs"].get("records", {}), inputs["records"]
            names = _differing(before, after)
            words = f"its records changed: {', '.join(_table(name, before, after) for name in names)}"
        elif part == "code":
            names = _differing(manifest.code.get(was or ""), here.code)
            words = f"the code of kkbgeo changed{_listed(names)}"
        elif part == "libraries":
            before, after = manifest.libraries.get(was or ""), here.libraries
            names = _differing(before, after)
            versions = [f"{name} {after.get(name, 'absent')}, was {before.get(name, 'absent')}" for name in names]
            words = f"libraries changed{_listed(versions)}"
        elif part == "parameters":
            before, after = entry["parameters"], run.parameters
            names = [name for name in _differing(before, after) if name != "language"]
            listed = (f"{name} is {after.get(name, '')!r}, was {before.get(name, '')!r}" for name in names)
            words = f"its parameters changed: {', '.join(listed)}"
        elif part == "language":
            words = f"the language changed: {value}, was {was or 'not told'}"
        else:
            words = _SAME_FOR_ALL[part]
        told.append(Reason(words, part, *names))
    return told


def _differing(was: dict[str, str] | None, new: dict[str, str]) -> list[str]:
    """Return what is not the same in both; nothing where it is not known what was."""
    return [] if was is None else [name for name in sorted({*was, *new}) if was.get(name) != new.get(name)]


def _table(name: str, was: dict[str, str], new: dict[str, str]) -> str:
    before, after = (one.get(name, "0").split()[0] for one in (was, new))
    return f"{name} ({after} records, were {before})" if before != after else f"{name} (a figure or text)"


def _listed(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f": {', '.join(names[:_SHOWN])}{more}"
