"""The commands ``kkbgeo boundaries``: words in, exit codes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kkbgeo import paths

boundaries_app = typer.Typer(no_args_is_help=True, help="Official boundaries: import a file, download public ones.")
_console = Console(stderr=True, soft_wrap=True)
_Language = Annotated[str, typer.Option(help="Language of what is said: id or en.")]


@boundaries_app.command("download")
def download(
    provider: Annotated[str, typer.Argument(help="geoboundaries, cod-ab or big.")] = "",
    level: Annotated[str, typer.Option(help="province, regency, district or village; else the provider's own.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Tell who publishes what, and under which licence.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch again, also when the provider changed it.")] = False,
    only_fetch: Annotated[
        bool, typer.Option("--only-fetch", help="Keep the file in the cache; import nothing.")
    ] = False,
    cache: Annotated[Path | None, typer.Option(help="Cache folder; else KKBGEO_CACHE, else this user's.")] = None,
    language: _Language = "id",
) -> None:
    """Fetch public boundaries once, keep them in the cache of this user, and import them."""
    from kkbgeo.boundaries import download as fetching
    from kkbgeo.boundaries.providers import PROVIDERS
    from kkbgeo.boundaries.said import said
    from kkbgeo.boundaries.telling import steps
    from kkbgeo.boundaries.wording import licence
    from kkbgeo.language import number, require_language, text, words

    require_language(language)
    if listed or not provider:
        for one in PROVIDERS.values():
            facts = {"id": one.id, "title": one.title, "licence": licence(one.licence, language), "page": one.page}
            typer.echo(text("boundaries.download.offer", language, **facts))
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from kkbgeo.regions.gazetteer import Gazetteer

    provinces = tuple(Gazetteer.load(paths.data_root()).codes("province")) if provider == "big" else ()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn())
    with Progress(*columns, console=_console, transient=True) as bar:
        task = bar.add_task(provider, total=None, told="")

        def progress(done: int, total: int | None) -> None:
            told = f"{done / 1e6:.1f} MB" if provider != "big" else words(said("so_many_areas", count=done), language)
            bar.update(task, completed=done, total=total, told=told)

        found = fetching.download(
            provider,
            level,
            provinces=provinces,
            cache=cache,
            refresh=refresh,
            progress=progress,
            tell=lambda step: bar.console.print(words(step, language)),
        )
    came = text("boundaries.download.fetched" if found.fresh else "boundaries.download.cached", language)
    size = number(found.path.stat().st_size / 1e6, language, 1)
    typer.echo(text("boundaries.download.done", language, path=found.path, came=came, size=size, sha256=found.sha256))
    if not only_fetch:
        with steps(_console, language) as tell:
            done = fetching.import_downloaded(found, data_root=paths.data_root(), progress=tell)
        typer.echo(done.text(language))


@boundaries_app.command("import")
def boundaries_import(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="GeoPackage, Shapefile, GeoJSON, zip … of areas.")],
    level: Annotated[str, typer.Option(help="Level of the rows, where the file does not tell: village.")] = "",
    code_column: Annotated[str, typer.Option(help="Column of the codes, of a file nobody knows.")] = "",
    name_column: Annotated[str, typer.Option(help="Column of the names, of a file nobody knows.")] = "",
    system: Annotated[str, typer.Option(help="kemendagri or bps; checked against the names all the same.")] = "",
    edition: Annotated[str, typer.Option("--id", help="Name of the set; else the file's name.")] = "",
    provider: Annotated[str, typer.Option(help="Who made it; stands on every page.")] = "",
    licence: Annotated[str, typer.Option(help="Under which licence.")] = "",
    date: Annotated[str, typer.Option(help="Date of the units it shows: 2019 or 2019-12-31.")] = "",
    layer: Annotated[str, typer.Option(help="Only this layer of the file.")] = "",
    crs: Annotated[str, typer.Option(help="Coordinate system, where the file names none: EPSG:32750.")] = "",
    report: Annotated[Path | None, typer.Option(help="Write the report to this JSON file, too.")] = None,
    language: _Language = "id",
) -> None:
    """Recognise, repair and store the boundaries of a file; say what became of each of its rows.

    From then on maps are drawn from the best set that is there. An import that fails leaves an earlier set as it was.
    """
    from kkbgeo.boundaries.importing import import_file
    from kkbgeo.boundaries.telling import steps
    from kkbgeo.language import require_language

    require_language(language)
    with steps(_console, language) as progress:
        found = import_file(
            path, level=level or None, code_column=code_column, name_column=name_column, system=system,
            edition_id=edition, provider=provider, licence=licence, date=date, layer=layer or None, crs=crs,
            progress=progress,
        )  # fmt: skip
    if report:
        report.write_text(found.json(), encoding="utf-8", newline="\n")
    typer.echo(found.text(language))


@boundaries_app.command("list")
def boundaries_list(language: _Language = "id") -> None:
    """List the sets of boundaries, what each has, and which draws what."""
    from kkbgeo.boundaries.choose import told
    from kkbgeo.language import require_language
    from kkbgeo.regions.gazetteer import Gazetteer

    for line in told(Gazetteer.load(paths.data_root()), language=require_language(language)):
        typer.echo(line)


@boundaries_app.command("remove")
def boundaries_remove(
    edition: Annotated[str, typer.Argument(metavar="ID", help="Name of the set.")], language: _Language = "id"
) -> None:
    """Remove an imported set; the embedded one stays."""
    from kkbgeo.boundaries.keep import remove
    from kkbgeo.language import require_language, text

    require_language(language)
    typer.echo(text("boundaries.removed", language, folder=remove(edition)))
