"""The commands ``kkbgeo boundaries``: words in, exit codes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kkbgeo import paths

boundaries_app = typer.Typer(no_args_is_help=True, help="Official boundaries: import a file, download public ones.")
_console = Console(stderr=True, soft_wrap=True)


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
) -> None:
    """Fetch public boundaries once, keep them in the cache of this user, and import them."""
    from kkbgeo.boundaries import download as fetching
    from kkbgeo.boundaries.providers import PROVIDERS

    if listed or not provider:
        for one in PROVIDERS.values():
            typer.echo(f"{one.id}: {one.title}\n  licence: {one.licence}\n  by hand: {one.page}")
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from kkbgeo.regions.gazetteer import Gazetteer

    provinces = tuple(Gazetteer.load(paths.data_root()).codes("province")) if provider == "big" else ()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeRemainingColumn())
    with Progress(*columns, console=_console, transient=True) as bar:
        task = bar.add_task(provider, total=None, told="")

        def progress(done: int, total: int | None) -> None:
            told = f"{done / 1e6:.1f} MB" if provider != "big" else f"{done} areas"
            bar.update(task, completed=done, total=total, told=told)

        found = fetching.download(
            provider,
            level,
            provinces=provinces,
            cache=cache,
            refresh=refresh,
            progress=progress,
            tell=bar.console.print,
        )
    came = "fetched" if found.fresh else "was in the cache"
    typer.echo(f"{found.path}: {came}, {found.path.stat().st_size / 1e6:.1f} MB, sha256 {found.sha256}")
    if not only_fetch:
        typer.echo(str(fetching.import_downloaded(found, data_root=paths.data_root())))
