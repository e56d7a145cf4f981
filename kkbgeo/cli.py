"""The command ``kkbgeo``: no logic, only words in and exit codes out (0 all there, 1 something failed,
2 wrong call, 3 folder held by another batch, 4 cluster lost, 128 + number of the signal that stopped it)."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kkbgeo import paths
from kkbgeo._version import __version__
from kkbgeo.cli_boundaries import boundaries_app
from kkbgeo.errors import KkbgeoError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Kampung KB of Kalimantan on offline maps.")
data_app = typer.Typer(no_args_is_help=True, help="Check the data files against their source records.")
app.add_typer(data_app, name="data")
app.add_typer(boundaries_app, name="boundaries")
errors = Console(stderr=True, soft_wrap=True)


def main() -> None:
    """Run the command; an error we know is told in words, without a traceback."""
    # Libraries are many objects and no garbage: looking through them at the usual pace takes a third of a command
    # that has nothing to do, and once more at its end a quarter of a second.
    gc.set_threshold(50_000, 20, 20)
    # A service may have closed standard input, output or errors: no other file may get their numbers.
    while (free := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(free, True)
    os.close(free)
    try:
        app(standalone_mode=True)
    except KkbgeoError as wrong:
        errors.print(f"kkbgeo: {wrong}", style="bold red", markup=False, highlight=False)
        sys.exit(getattr(wrong, "exit_code", 2))
    finally:
        gc.freeze()


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    """Print the version when asked."""
    if show:
        typer.echo(f"kkbgeo {__version__}")
        raise typer.Exit


@app.command()
def atlas(
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only this page: a regency (63.11), a province with its regencies (63), kalimantan. Repeat."),
    ] = None,
    as_of: Annotated[str, typer.Option(help="Leave out records dated later: 2025, 2025-12 or 2025-12-31.")] = "",
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks at a time; else one more than cores.")] = (
        os.cpu_count() or 1
    )
    + 1,
    out: Annotated[Path | None, typer.Option(help="The atlas folder; else outputs/atlas.")] = None,
    language: Annotated[str, typer.Option(help="id (Bahasa Indonesia) or en.")] = "id",
    boundaries: Annotated[str, typer.Option(help="The set of boundaries to draw; else the best that is there.")] = "",
    briefs: Annotated[
        bool, typer.Option("--briefs/--no-briefs", help="A picture and a one-page PDF beside each page.")
    ] = True,
    limit: Annotated[float, typer.Option(min=1, help="Seconds one page may take.")] = 900,
    force: Annotated[bool, typer.Option("--force", help="Build also the pages that are current.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be built, and why; build nothing.")
    ] = False,
    why: Annotated[str, typer.Option(help="Say why this page (63.11) would be built, or that it is current.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another batch on the same folder.")] = False,
    summary: Annotated[Path | None, typer.Option(help="Write what became of each page to this JSON file.")] = None,
    executor: Annotated[
        str, typer.Option(help="processes of this machine, or dask: a cluster (needs the extra dask).")
    ] = "processes",
    scheduler: Annotated[
        str,
        typer.Option(help="Address of the Dask scheduler (tcp://host:8786); else dask starts --jobs workers here."),
    ] = "",
) -> None:
    """Build the atlas: one offline page per regency and province, an overview and an index.

    Only pages that something changed for are built: their records, the boundaries, the catalogue, their notebook,
    the code, the libraries, the parameters.

    Exit codes: 0 every page is there and current; 1 a page failed (its old page stays, marked in the index);
    2 a wrong call or wrong data; 3 another batch holds the folder; 4 the cluster cannot be reached, was lost or has
    no worker; 130 stopped by Ctrl-C, 143 by SIGTERM.
    """
    from kkbgeo.batch import atlas as batch

    folder = out or paths.outputs_root() / "atlas"
    request = batch.Request(folder, tuple(only or ()), as_of, language, force, boundaries, briefs)
    if why:
        code = batch.why(request, why)
    elif dry_run:
        code = batch.dry_run(request)
    else:
        code = batch.build(
            request, jobs=jobs, limit=limit, wait=wait, summary=summary, executor=executor, scheduler=scheduler
        )
    if code:
        raise typer.Exit(code)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="The new workspace, a folder of its own.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 1,
    scope: Annotated[
        str, typer.Option(help="kalimantan, a province or regency (63, 63.11), or indonesia.")
    ] = "kalimantan",
) -> None:
    """Make up village-level records for teaching and load; every page of them is marked SIMULASI."""
    from kkbgeo.simulation.workspace import simulate as write

    folder = write(out, seed=seed, scope=scope)
    typer.echo(f"{folder}: simulated, seed {seed}. Build it with: KKBGEO_DATA={folder} kkbgeo atlas --out FOLDER")


@app.command("import")
def import_(
    file: Annotated[Path | None, typer.Argument(help="The spreadsheet: .xlsx, .ods or .csv.")] = None,
    kind: Annotated[str, typer.Option(help="What its rows are: kampung, counts, aid or observations.")] = "",
    source: Annotated[str, typer.Option(help='Who reported it: "DPPKBP3A Kabupaten Balangan".')] = "",
    as_of: Annotated[
        str, typer.Option(help="Date of rows that name none: 2025-12-31, 31/12/2025, 2025. Else the title's.")
    ] = "",
    within: Annotated[str, typer.Option(help="Regency or province of all rows (63.11). Else the title's.")] = "",
    system: Annotated[str, typer.Option(help="Whose codes it holds, when it does: kemendagri or bps.")] = "",
    sheet: Annotated[str, typer.Option(help="Read this sheet only.")] = "",
    publisher_kind: Annotated[
        str, typer.Option(help="Kind of the source: regional_government, ministry, press, other …")
    ] = "regional_government",
    url: Annotated[str, typer.Option(help="Where the file can be had.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    accept_valid: Annotated[
        bool, typer.Option("--accept-valid", help="Store the sound rows, write the others to a file.")
    ] = False,
    replace: Annotated[str, typer.Option(help="Id of an import that this file is a newer version of.")] = "",
    also: Annotated[
        bool, typer.Option("--also", help="Store it beside imports that hold the same places and dates.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Folder of the marked-up copy and the rows left out; else that of the file.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List what was imported.")] = False,
    undo: Annotated[str, typer.Option(help="Take this import out again.")] = "",
    language: Annotated[str, typer.Option(help="id, en, or both.")] = "both",
) -> None:
    """Bring an office's spreadsheet in, or say everything that is wrong with it and where.

    All or nothing: with a single problem nothing is stored, unless --accept-valid. The same file twice changes nothing;
    with more of its rows in order it takes the place of its earlier import. Rows that another import holds are refused.
    Columns of personal data (NIK, names, telephones, addresses) are refused and never stored. See docs/import.md.

    Exit codes: 0 imported, there already, or sound (--dry-run); 1 there are problems (with --accept-valid: the sound
    rows were imported), or another import holds rows of it; 2 a wrong call, or a file that cannot be read; 130 stopped
    by Ctrl-C, nothing half imported.
    """
    from kkbgeo.intake import telling

    if listed or undo:
        telling.keep(undo, language)
        return
    options = {
        "kind": kind, "source": source, "as_of": as_of, "within": within, "sheet": sheet, "url": url,
        "system": system,
        "publisher_kind": publisher_kind, "dry_run": dry_run, "accept_valid": accept_valid, "replace": replace,
        "also": also,
    }  # fmt: skip
    if code := telling.bring_in(file, report, language, options):
        raise typer.Exit(code)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="The workbook to write: FILE.xlsx.")],
    kind: Annotated[str, typer.Option(help="What its rows will be: kampung, counts, aid or observations.")],
    regency: Annotated[str, typer.Option(help="The regency whose districts and villages it offers (63.11).")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a workbook for an office to fill in: lists of its districts and villages, an example, an explanation.

    Exit codes: 0 written; 2 a wrong call.
    """
    from kkbgeo.intake import template as write

    typer.echo(write(file, kind=kind, regency=regency, force=force))


@app.command()
def compare(
    areas: Annotated[list[str], typer.Argument(help="Codes of one level: 63.01 64.03, or 63.01,64.03.")],
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this indicator of the catalogue (kkb_coverage). Repeat.")
    ] = None,
    as_of: Annotated[str, typer.Option(help="Leave out records dated later: 2025, 2025-12 or 2025-12-31.")] = "",
    language: Annotated[str, typer.Option(help="id (Bahasa Indonesia) or en.")] = "id",
    boundaries: Annotated[str, typer.Option(help="The set of boundaries to name; else the best that is there.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write it to this file, too: FILE.csv or FILE.html.")] = None,
) -> None:
    """Set areas side by side: figures with dates and the counts of shares, and what may not be compared, and why.

    Exit codes: 0 told, also where nothing may be compared; 2 a wrong call.
    """
    from rich.table import Table

    from kkbgeo.patterns import compare as set_side_by_side
    from kkbgeo.patterns import comparing_told as told
    from kkbgeo.workbench import Workbench

    if out:
        told.check_out(out)
    wb = Workbench(as_of=as_of, language=language, boundaries=boundaries)
    found = set_side_by_side(wb, areas, indicator or ())
    console = Console()
    frame = wb.words(told.summary(wb, found))
    if len(frame):
        table = Table(*map(str, frame.columns))
        for row in frame.itertuples(index=False):
            table.add_row(*map(str, row))
        console.print(table, markup=False)
    for line in wb.words(told.warnings(wb, found)):
        typer.echo(line)
    if out:
        typer.echo(told.save(wb, found, out))


@app.command()
def resolve(
    file: Annotated[
        Path | None, typer.Argument(help="Table with columns province regency district village [kind] [as_of].")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The same rows with code, level, verdict … (CSV).")] = None,
    review: Annotated[Path | None, typer.Option(help="Write here what a person has to decide (CSV).")] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="File of decisions; else reference/learned_places.csv of the data folder.")
    ] = None,
    learn: Annotated[Path | None, typer.Option(help="Remember the decisions of this filled review file.")] = None,
    as_of: Annotated[str, typer.Option(help="Date of the table (2019, 2019-07-31): names of that time count.")] = "",
    language: Annotated[str, typer.Option(help="id (Bahasa Indonesia) or en.")] = "id",
) -> None:
    """Tell the code of every place of a table; nothing uncertain is taken, and no row is lost."""
    from kkbgeo import language as words
    from kkbgeo.errors import ParameterError
    from kkbgeo.regions import job

    words.require_language(language)
    if learn is None and (file is None or out is None):
        raise ParameterError("A table and --out are needed, or --learn.", hint="kkbgeo resolve FILE --out OUT.csv")
    told = job.learn_file(learn, decisions=decisions, language=language) if learn else []
    if file is not None and out is not None:
        done = job.resolve_file(file, out, review_file=review, decisions=decisions, as_of=as_of, language=language)
        told += done.lines(language)
        if review:
            told.append(words.text("places.review" if done.questions else "places.no_review", language, path=review))
    for line in told:
        typer.echo(line)


@data_app.command("check")
def data_check() -> None:
    """Check every data file against its source record, both ways, and every record table against its rules."""
    from kkbgeo.provenance import check_all
    from kkbgeo.records import imported
    from kkbgeo.records.read import read_table, table_names

    problems = [*(one.message for one in check_all(paths.data_root())), *imported.check_all(paths.data_root())]
    for name in () if problems else table_names():
        try:
            read_table(name, paths.data_root())
        except KkbgeoError as wrong:
            problems.append(str(wrong))
    for problem in problems:
        errors.print(problem, markup=False, highlight=False)
    typer.echo(f"{len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@data_app.command("seal")
def data_seal(path: Path) -> None:
    """Record the checksum and rows of a data file again, after you changed it on purpose."""
    from kkbgeo.provenance import seal

    record = seal(path)
    typer.echo(f"{path}: {record.rows} rows, sha256 {record.sha256}")
