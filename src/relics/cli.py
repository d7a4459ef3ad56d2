"""The command `relics`: ledger, figures, predictions, ensembles.

Results go to standard output; whatever is wrong with the input is one line on standard error, and
the exit status is then 2.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import Any, NoReturn


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        sys.exit(2)


def _parser(wanted: bool) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="relics",
        description="Derivations, figures and predictions of the monograph on low-temperature glasses.",
        epilog="Examples: relics predict silica --timescale 3600;  relics figures LW07-fig4 --out figures;  relics ledger",
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    ledger = commands.add_parser(
        "ledger", help="what the executed book has established, equation by equation"
    )
    ledger.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="table of counts, or everything as JSON",
    )
    ledger.add_argument(
        "--allow-owed",
        action="store_true",
        help="do not count entries that have no chapter yet as a failure",
    )
    ledger.set_defaults(handler=_ledger)
    figures = commands.add_parser("figures", help="make figures with their data and provenance")
    figures.add_argument("ids", nargs="*", metavar="ID", help="figures to make, e.g. LW07-fig4")
    figures.add_argument("--all", action="store_true", help="make every figure")
    figures.add_argument("--list", action="store_true", help="list the figures and what they show")
    figures.add_argument(
        "--out",
        type=Path,
        default=Path("figures"),
        metavar="DIR",
        help="folder to write into (default: figures)",
    )
    figures.add_argument(
        "--format",
        default="svg,pdf,png",
        metavar="LIST",
        help="comma-separated: svg, pdf, png (default: all)",
    )
    figures.set_defaults(handler=_figures)
    predict = commands.add_parser("predict", help="everything the theory predicts for one glass")
    predict.add_argument(
        "material", nargs="?", help="a glass of the catalogue, e.g. silica (--list names them)"
    )
    predict.add_argument(
        "--list", action="store_true", help="list the catalogue with its constants"
    )
    for flag, unit, text in (
        ("tg", "K", "glass transition temperature"),
        ("td", "K", "Debye temperature"),
        ("rho", "kg/m3", "density"),
        ("cs", "m/s", "speed of sound"),
        ("a", "m", "bead size (default: from the Debye temperature)"),
    ):
        predict.add_argument(f"--{flag}", type=float, metavar=unit, help=text)
    predict.add_argument(
        "--timescale",
        type=float,
        default=3600.0,
        metavar="s",
        help="time scale of the glass transition (default 3600)",
    )
    predict.add_argument(
        "--waiting-time",
        type=float,
        default=1.0,
        metavar="s",
        help="time of a heat-capacity measurement (default 1)",
    )
    predict.add_argument("--format", choices=("table", "json"), default="table")
    predict.set_defaults(handler=_predict)
    _add_ensemble(commands, wanted)
    return parser


def _add_ensemble(commands: Any, wanted: bool) -> None:
    """The engine brings its own arguments; it is imported only when it is asked for."""
    if not wanted:
        commands.add_parser(
            "ensemble", help="grow, inspect and merge ensembles of computer glasses"
        )
        return
    try:
        from relics.glass import ensembles
    except ModuleNotFoundError as error:
        raise ValueError(
            f"computer glasses need the extra 'glass': {error.name} is not installed"
        ) from None
    ensembles.add_arguments(commands)


def _ledger(given: argparse.Namespace) -> int:
    from relics import ledger

    data = ledger.collect()
    if given.format == "json":
        print(json.dumps(data, default=str))
    else:
        print(ledger.table(data))
    for line in data["problems"]:
        print(line, file=sys.stderr)
    owed = len(data["owed"]) and not given.allow_owed
    if owed and given.format == "table":
        print(
            f"{len(data['owed'])} entries are owed, the first: {', '.join(data['owed'][:8])}",
            file=sys.stderr,
        )
    return 1 if data["problems"] or owed else 0


def _figures(given: argparse.Namespace) -> int:
    from relics import figures, papers

    if given.list:
        made = figures.registry()
        for f in papers.figures():
            state = "" if f.id in made else " (not made yet)"
            print(f"{f.id:24s} {f.kind:12s} {_opening(f.shows)}{state}")
        for identifier in made:
            if not any(f.id == identifier for f in papers.figures()):
                print(f"{identifier:24s} {'ours':12s} {_opening(figures.recipe(identifier).alt)}")
        return 0
    if given.all == bool(given.ids):
        raise ValueError("name the figures to make, or --all, or --list")
    formats = tuple(f.strip() for f in given.format.split(",") if f.strip())
    wanted = list(figures.registry()) if given.all else given.ids
    for identifier in wanted:
        figures.recipe(identifier)
    bad = [f for f in formats if f not in figures.FORMATS]
    if bad or not formats:
        raise ValueError(
            f"format {', '.join(bad) or '(none)'} is none of {', '.join(figures.FORMATS)}"
        )
    _writable(given.out)
    for identifier in wanted:
        for path in figures.make(identifier, given.out, formats):
            print(path)
    return 0


def _opening(text: str) -> str:
    """The first sentences of a description, as many as say something."""
    said, *more = text.split(". ")
    while more and len(said) < 30:
        said += f". {more.pop(0)}"
    return said.rstrip(".")


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"cannot write into {folder}: {error.strerror or error}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(f"cannot write into {folder}: permission denied")


def _glass(given: argparse.Namespace) -> Any:
    from relics.materials import Glass, glass

    constants = {"T_g": given.tg, "T_D": given.td, "density": given.rho, "sound_speed": given.cs}
    if given.material is not None:
        if any(v is not None for v in constants.values()) or given.a is not None:
            raise ValueError(
                "give a material of the catalogue, or the constants of your own glass, not both"
            )
        return glass(given.material)
    missing = [
        flag
        for flag, v in zip(("--tg", "--td", "--rho", "--cs"), constants.values(), strict=True)
        if v is None
    ]
    if missing:
        raise ValueError(
            f"a glass of your own needs --tg, --td, --rho and --cs; missing: {', '.join(missing)}"
        )
    return Glass(name="your glass", bead_size=given.a, **constants)


def _predict(given: argparse.Namespace) -> int:
    from relics.materials import glasses
    from relics.predictions import predict

    if given.list:
        for g in glasses().values():
            print(
                f"{g.name:14s} T_g {g.T_g:7.1f} K  T_D {g.T_D:6.1f} K  rho {g.density:6.0f} kg/m^3  c_s {g.sound_speed:6.0f} m/s"
            )
        return 0
    g = _glass(given)
    made = predict(g, given.timescale, given.waiting_time)
    if given.format == "json":
        inputs = {k: getattr(g, k) for k in ("T_g", "T_D", "density", "sound_speed", "a")}
        rows = [vars(p) | {"equations": list(p.equations)} for p in made]
        print(json.dumps({
            "material": g.name, "inputs": inputs, "uncertainties": g.uncertainties, "sources": g.sources,
            "timescale": given.timescale, "waiting_time": given.waiting_time, "predictions": rows,
        }))  # fmt: skip
        return 0
    print(
        f"{g.name}: T_g = {g.T_g:g} K, T_D = {g.T_D:g} K, rho = {g.density:g} kg/m^3, c_s = {g.sound_speed:g} m/s, a = {g.a:.3g} m"
    )
    for p in made:
        print(f"\n{p.name}\n    {_shown(p):34s} {', '.join(p.equations)}\n    {p.trust}")
    return 0


def _shown(p: Any) -> str:
    if p.value is None:
        return "no value"
    unit = "" if p.unit == "1" else f" {p.unit}"
    if isinstance(p.value, tuple):
        return f"{p.value[0]:.3g} to {p.value[1]:.3g}{unit}"
    # Where the constants of the glass cancel, what is left of their errors is rounding.
    known = 1e-9 * abs(p.value) < p.uncertainty < math.inf
    error = f" ± {p.uncertainty:.2g}" if known else ""
    return f"{p.value:.4g}{error}{unit}"


def main(arguments: list[str] | None = None) -> int:
    """Entry point of the command; returns the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    command = words[0] if words else ""
    if command == "ensemble":
        # Sums of several threads round otherwise: a sample is not to depend on the number of cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        given = _parser(command == "ensemble").parse_args(words)
        return given.handler(given)
    except BrokenPipeError:
        # The reader has gone; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ValueError as error:
        print(f"relics {command}: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"relics {command}: {where}{error.strerror or error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
