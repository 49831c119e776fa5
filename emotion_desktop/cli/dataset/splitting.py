"""The verbs “dataset split” and “dataset remove-split”."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.balance import EDITS, NOTEBOOK_EDITS, Balance, Method, Synthesis
from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import SplitRequest, counts_table
from emotion_desktop.jobs.dataset.specs import split_job


def split(
    *,
    name: Annotated[str, typer.Option("--name", help="The name to freeze it under.")],
    fractions: Annotated[
        str,
        typer.Option(
            "--fractions",
            help="Training/validation/test, like 60/20/20; of two shares, like 60/40, half of the "
            "second is sealed as the test.",
        ),
    ] = "60/40",
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed gives the same split.")
    ] = 0,
    by: Annotated[
        str, typer.Option("--by", help="person: nobody is on two sides; photo: anybody may be.")
    ] = "person",
    copies_apart: Annotated[
        bool, typer.Option("--copies-apart", help="Copies of a photo may be on two sides.")
    ] = False,
    balance: Annotated[
        str,
        typer.Option("--balance", help="For training: none, weights, sampling or synthesis."),
    ] = "none",
    power: Annotated[
        float,
        typer.Option("--power", min=0, max=1, help="For sampling: 0 shows all emotions alike."),
    ] = 0.0,
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="COUNT|EMOTION=COUNT",
            help="For synthesis: training photos that each emotion, or this one, shall have.",
        ),
    ] = None,
    edits: Annotated[
        str, typer.Option("--edits", help=f"For synthesis: some of {','.join(EDITS)}.")
    ] = ",".join(NOTEBOOK_EDITS),
    strength: Annotated[
        float, typer.Option("--strength", min=0, max=1, help="For synthesis.")
    ] = 0.5,
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Split the labelled photos by person, and freeze the split under a name."""
    order = SplitRequest(
        fractions=_fractions(fractions),
        seed=seed,
        unit=by,
        copies_together=not copies_apart,
        balance=_balance(
            balance, power=power, targets=targets or [], edits=edits, strength=strength, seed=seed
        ),
    )
    workspace = open_workspace(workspace_folder)
    result = run_job(workspace, split_job(name, order)).result
    if json_to is not None:
        write_answer(json_to, json.dumps(result, indent=1) + "\n")
    if json_to != "-":
        typer.echo(counts_table(result["parts"]))
        leaks = result["leaks"]
        typer.echo(
            f"Held back: {leaks['held_back']:,} photos, {leaks['persons']:,} of people trained on, "
            f"{leaks['copies']:,} copies of training photos."
        )
        for sentence in leaks["impossible"]:
            typer.echo(sentence)
        typer.echo(f"Frozen as “{result['name']}”, fingerprint {result['fingerprint']}.")


def remove_split(
    name: Annotated[str, typer.Argument(help="The split's name.")],
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Forget a frozen split; the photos stay."""
    from emotion_desktop.workspace.catalogue.splits import Splits

    with open_workspace(workspace_folder).open_catalogue() as catalogue:
        Splits(catalogue).remove(name)
    typer.echo(f"“{name}” was removed.")


def _fractions(text: str) -> tuple[float, float, float]:
    try:
        shares = [float(part) for part in text.split("/")]
        if len(shares) == 2:
            shares = [shares[0], shares[1] / 2, shares[1] / 2]
        total = sum(shares)
        first, second, third = (share / total for share in shares)
    except (ValueError, ZeroDivisionError):
        raise UsageError("--fractions was not understood.", "Write it like 60/20/20.") from None
    return first, second, third


def _balance(
    method: str, *, power: float, targets: list[str], edits: str, strength: float, seed: int
) -> Balance:
    try:
        if method not in {known.value for known in Method}:
            raise ValueError(f"“{method}” is no way to balance")  # noqa: TRY301
        chosen = Method(method)
        if chosen is not Method.SYNTHESIS:
            return Balance(chosen, power if chosen is Method.SAMPLING else 0.0)
        wanted = tuple(edit.strip() for edit in edits.split(","))
        return Balance(chosen, 0.0, Synthesis(_targets(targets), wanted, strength, seed))
    except ValueError as error:
        raise UsageError(
            f"The balance was not understood: {error}.",
            "Write --balance synthesis --target 500 --edits contrast,flip, say.",
        ) from None


def _targets(texts: list[str]) -> dict[str, int]:
    if not texts:
        raise ValueError("synthesis needs --target")
    wanted: dict[str, int] = {}
    for text in texts:
        word, _, count = text.rpartition("=")
        emotion = parse_emotion(word) if word else None
        if word and emotion is None:
            raise ValueError(f"“{word}” is none of the emotions")
        if not count.strip().isdecimal():
            raise ValueError(f"“{count}” is no count of photos")
        wanted.update({e: int(count) for e in ([emotion] if emotion else EMOTIONS)})
    return wanted
