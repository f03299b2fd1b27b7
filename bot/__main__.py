"""The programs of Earshot: run, demo, listen, console, doctor, db, models, moderation, bench.

Each imports what it needs when it is called.
"""

import gc
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Earshot keeps an ear on TikTok for a community: transcripts, triggers, clips and risk alerts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(db, name="db")
models = typer.Typer(help="The weights of the local engine, Whisper.", no_args_is_help=True)
app.add_typer(models, name="models")
moderation = typer.Typer(
    help="The judge inside: rules and a linear head, for the labels of texts.", no_args_is_help=True
)
app.add_typer(moderation, name="moderation")


@app.command()
def run() -> None:
    """Run Earshot here: watch, work and post until it is stopped."""
    from bot.programs import run as program

    raise typer.Exit(program.run())


@app.command()
def demo(speed: Annotated[float, typer.Option(min=0.5, max=16, help="how many times faster than real")] = 4.0) -> None:
    """Play a recorded live through the real pipeline; needs no key and no account."""
    from bot.programs import demo as program

    raise typer.Exit(program.demo(speed))


@app.command()
def listen(
    source: Annotated[str, typer.Argument(help="a media file, or the address of a stream")],
    trigger: Annotated[list[str] | None, typer.Option(help="a word to listen for; may be repeated")] = None,
    speed: Annotated[str, typer.Option(help="1 (as it would be live) or max")] = "max",
    language: Annotated[str, typer.Option(help="the language spoken, e.g. en; empty: find out")] = "",
    start: Annotated[float, typer.Option(min=0, help="second of a file to begin at")] = 0.0,
    json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Listen to a file or a stream: speech, words, triggers, clips and risk."""
    from bot.programs import listen as program

    raise typer.Exit(program.listen(source, trigger or [], speed, language, start, as_json=json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def console(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="the reply as JSON")] = False,
) -> None:
    """Command Earshot from here: a prompt, or one command as words (console follow @name)."""
    from bot.programs import console as program

    raise typer.Exit(program.console(context.args, as_json=json))


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="ask nothing outside this machine")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="mend what can be mended safely")] = False,
    settings: Annotated[bool, typer.Option("--settings", help="every setting, and where it comes from")] = False,
) -> None:
    """Look at everything Earshot needs, and say what to do about the rest."""
    from bot.programs import doctor as program

    raise typer.Exit(program.doctor(program.Wish(json, quick, fix, settings)))


@db.command()
def upgrade() -> None:
    """Bring the database to this version (starting Earshot does it too)."""
    from bot.programs import database as program

    raise typer.Exit(program.upgrade())


@models.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """What there is: name, size, what is here, which one is chosen."""
    from bot.programs import models as program

    raise typer.Exit(program.list_(as_json=json))


@models.command()
def get(
    name: Annotated[str, typer.Argument(help="a name of `earshot models list`")],
    endpoint: Annotated[str, typer.Option(help="the address of a mirror; empty: as HF_ENDPOINT says")] = "",
) -> None:
    """Fetch one; what came before an interruption is not fetched again."""
    from bot.programs import models as program

    raise typer.Exit(program.get(name, endpoint))


@moderation.command()
def train(
    file: Annotated[Path, typer.Argument(help='labelled texts, one a line: {"text": …, "S": 0, "H": 1, …}')],
    out: Annotated[
        Path | None, typer.Option(help="a folder to write to; none: the data folder, where it is used")
    ] = None,
) -> None:
    """Train it on your own labelled texts, and say how good it is on those it was not fitted on."""
    from bot.programs import moderation as program

    raise typer.Exit(program.train_(file, out))


@moderation.command("eval")
def eval_(
    file: Annotated[Path, typer.Argument(help='texts, one a line: {"text": …}, with labels to measure it')],
    json: Annotated[bool, typer.Option("--json", help="what it says of each text, one JSON object a line")] = False,
) -> None:
    """Try it on texts: AUPRC and F1 of each label."""
    from bot.programs import moderation as program

    raise typer.Exit(program.eval_(file, as_json=json))


@app.command()
def bench(name: Annotated[str, typer.Argument(help="which one; none: all")] = "") -> None:
    """Measure, and print JSON."""
    from bot.programs import bench as program

    raise typer.Exit(program.bench(name))


def main() -> None:
    """The entry point of `earshot`. What is loaded stays, so nobody looks through it for garbage: neither while it is imported
    (`lined` begins to look), nor at the end. That is a third of the time of a short program."""
    gc.disable()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # a stop while everything is still being imported is a stop too
    try:
        if Path.cwd().exists():
            app()
        else:
            sys.exit("The working folder is gone. Change into one that exists.")
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
