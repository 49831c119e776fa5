"""Write the pages of the reference that are made from the program itself.

python packaging/reference_pages.py      in the program's environment; packaging/docs.py does it

Verbs come from the command line's own descriptions, settings and a recipe's options from their
schemas: what `--help`, the settings dialog and the advanced drawer say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
_MADE = "This page is made from the program by `python3 packaging/docs.py`.\n"


def pages() -> dict[str, str]:
    """The text of each page, by its file's name in docs/reference."""
    return {
        "verbs.md": verbs_page(),
        "settings.md": settings_page(),
        "recipe-options.md": recipe_page(),
        "label-files.md": labels_page(),
    }


def verbs_page() -> str:
    """Every verb with its arguments and options."""
    import typer

    from emotion_desktop.cli.main import app

    verbs = list(_verbs(typer.main.get_command(app), []))
    lines = [
        "# Verbs",
        "",
        _MADE,
        "`emotion-desktop VERB …` inside the program's environment, or, from its folder,",
        "`python3 packaging/run.py VERB …`. `--help` behind any verb says the same.",
        "",
        "Exit status: 0 when the run is done, 1 when it failed, 2 for wrong use, 130 when it",
        "was cancelled.",
        "",
        "| verb | what it does |",
        "|---|---|",
    ]
    lines += [
        f"| [{words}](#{words.replace(' ', '-')}) | {_cell(command.help)} |"
        for words, command in verbs
    ]
    for words, command in verbs:
        lines += ["", *_verb(words, command)]
    return "\n".join(lines) + "\n"


def _verbs(command: Any, path: Sequence[str]) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield " ".join(path), command
        return
    for name, child in children.items():
        yield from _verbs(child, [*path, name])


def _verb(words: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    usage = " ".join(
        ["emotion-desktop", words, *map(_argument, arguments), *(["[OPTIONS]"] if options else [])]
    )
    # In the line, not as a block: Qt takes a table behind a block of code for a part of it.
    lines = [f"## {words}", "", _sentence(command.help), "", f"`{usage}`", ""]
    if arguments or options:
        lines += ["| option | what it means | without it |", "|---|---|---|"]
    lines += [f"| `{_argument(p)}` | {_cell(p.help)} | {_missing(p)} |" for p in arguments]
    lines += [f"| `{_option(p)}` | {_cell(p.help)} | {_missing(p)} |" for p in options]
    return lines if arguments or options else lines[:-1]


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name.upper())
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    name = str(parameter.opts[0])
    if parameter.is_flag:
        return name
    value = str(parameter.metavar or _VALUES.get(parameter.name, "") or "VALUE")
    return f"{name} {value}".replace("|", " or ")


#: What an option without a name for its value takes.
_VALUES = {"workspace_folder": "FOLDER", "model": "MODEL", "data": "PATH", "output": "FILE"}


def _missing(parameter: Any) -> str:
    """What holds where an option is not given."""
    if parameter.required:
        return "must be given"
    default = parameter.default
    if default is None or default is False or default == "" or not parameter.show_default:
        return ""
    return f"`{default}`"


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str | None) -> str:
    return _sentence(text).replace("|", " or ")


def settings_page() -> str:
    """All settings."""
    from emotion_desktop.workspace.settings import Settings

    lines = [
        "# Settings",
        "",
        _MADE,
        "File > Settings… has those with a name in the dialog; the rest is set where it is used.",
        "Only what differs from the default is stored, in `settings.json` of the workspace; what",
        "is missing, unknown or of the wrong form falls to its default.",
        "",
        "![The dialog of settings](../pictures/settings.webp)",
        "",
        "| key | in the dialog | what it decides | default |",
        "|---|---|---|---|",
    ]
    for item in fields(Settings):
        about = item.metadata
        shown = about["title"] if about["choices"] or about["typed"] else ""
        choices = "; ".join(f"`{value}`: {words}" for value, words in about["choices"].items())
        text = f"{about['help']} {choices}".strip()
        default = f"`{item.default}`" if item.default != "" else ""
        lines.append(f"| `{item.name}` | {shown} | {_cell(text)} | {default} |")
    return "\n".join(lines) + "\n"


def recipe_page() -> str:
    """Everything about a recipe that can be changed, with its value in each recipe."""
    from emotion_desktop.training.recipe.options import OPTIONS, value_words, values_of
    from emotion_desktop.training.recipe.presets import RECIPES
    from emotion_desktop.training.recipe.schema import GROUPS

    values = {name: values_of(recipe) for name, recipe in RECIPES.items()}
    lines = [
        "# A recipe's options",
        "",
        _MADE,
        "The *Advanced…* drawer of the training page shows these; on the command line",
        "`train --set KEY=VALUE` changes one (it may stand several times).",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", ""]
        lines += [f"| key | what it decides | possible | {' | '.join(RECIPES)} |"]
        lines += ["|---|---|---|" + "---|" * len(RECIPES)]
        for key, option in OPTIONS.items():
            if option.group == group:
                own = " | ".join(value_words(option, values[name][key]) for name in RECIPES)
                text = _cell(f"**{option.title}.** {option.help}")
                lines.append(f"| `{key}` | {text} | {_possible(option)} | {own} |")
    return "\n".join(lines) + "\n"


def _possible(option: Any) -> str:
    if option.choices:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    if option.kind is bool:
        return "`yes`, `no`"
    return f"{option.low:g} to {option.high:g}"


def labels_page() -> str:
    """How labelled photos may lie and be named to be understood."""
    from emotion_desktop.dataset.sources.name_codes import CODES
    from emotion_desktop.dataset.sources.tables import table_columns
    from emotion_desktop.dataset.sources.tables.label_spellings import NUMBERINGS
    from emotion_desktop.domain.emotions import TABLE
    from emotion_desktop.domain.files.data_files import LIST_SUFFIXES, TABLE_SUFFIXES

    headers = (
        ("photo", table_columns.PHOTO_HEADERS),
        ("label", table_columns.LABEL_HEADERS),
        ("person", table_columns.PERSON_HEADERS),
        ("annotator", table_columns.ANNOTATOR_HEADERS),
        ("part of a split", table_columns.USAGE_HEADERS),
    )
    codes = ", ".join(code.title for code in CODES)
    files = f"Files ending in {_words(TABLE_SUFFIXES)} are tables;"
    lists = f"those in {_words(LIST_SUFFIXES)}"
    lines = [
        "# Label files and folders",
        "",
        _MADE,
        "What is found out by itself when labelled photos are brought in, scored or trained on.",
        "The import dialog shows it before anything is imported, and each of it can be said",
        "otherwise: there, or with `--columns`, `--label`, `--numbers`, `--persons`,",
        "`--labels-from` and `--votes`.",
        "",
        "## Columns",
        "",
        f"{files} {lists}",
        "are, where they hold rows of photos and labels. Separator, encoding and header are found",
        "out. A column is known by its header, in any case and with any signs between words, or by",
        "what is in it; a table may also have a column of votes per emotion, as FER+ has.",
        "",
        "| what | headers |",
        "|---|---|",
        *(f"| {what} | {_words(names)} |" for what, names in headers),
        "",
        "Of a photo's path that was written on another computer the longest end counts that photos",
        "here have. A photo that is missing from the folder its row names is missing: none is",
        "taken from another folder.",
        "",
        "## Known data sets",
        "",
        "FER2013 and CK+ as tables of pixels (in one cell or a column each, grey or colours), FER+",
        "(see Votes; `fer2013new.csv` beside `fer2013.csv` or beside pictures), RAF-DB,",
        "AffectNet, ExpW, CK+, Oulu-CASIA, Roboflow's `_classes.csv`, Label Studio, manifests of",
        "SageMaker Ground Truth, Hugging Face's image folders and, where the package `pyarrow` is",
        "installed, its Parquet files. Lists of im2rec, RecordIO files, ZIP archives of all these.",
        f"Codes in photos' names say who is in them, and mostly the label: {codes}.",
        "",
        "## Votes",
        "",
        "Several people's answers for a photo: a column per emotion that counts them (“unknown”",
        "and “not a face” may have one, too), or a row for each annotator in a table with a column",
        "of annotators. All of them are kept. A label is made of them by `--votes`:",
        "",
        "| rule | label |",
        "|---|---|",
        "| `largest` | the answer with most votes; ties are kept aside |",
        "| `majority` | as FER+'s authors count: answers with a single vote are dropped, then one "
        "must have more than half of what is left |",
        "| `distribution` | the emotion with most votes, of a tie the first in the order of the "
        "table below; “unknown” and “not a face” only where they have more than any emotion |",
        "| `written` | what each row itself says; annotators who differ contradict one another |",
        "",
        "The usual rule is `largest`; it is `written` where a column holds labels beside the",
        "counts, and where fewer than half of the photos have several annotators. A 1 for the",
        "class and 0 for all others is a label, no vote.",
        "",
        "## Persons",
        "",
        "`--persons` takes `names`, patterns of folders such as `{person}/*` or",
        "`{folder}/{person}/*`, `column`, `each` (nobody twice), or a pattern of names:",
        "`{person}`, `{person:3}` (of three signs), `{number}`, `{word}`, `{letter}`, `{digit}`,",
        "`*`. Without it that rule is taken that explains names and folders best, and is said.",
        "",
        "## Words",
        "",
        "In any case. Labels that mean none of the emotions are kept aside, not dropped.",
        "",
        "| emotion | other words for it |",
        "|---|---|",
        *(f"| {row.name} | {_words(row.spellings)} |" for row in TABLE),
        "",
        "## Numbers",
        "",
        "Numbers mean what the first of these says that has all of them, until you say otherwise;",
        "such a guess is shown as one.",
        "",
        f"| `--numbers` | {' | '.join(row.name for row in TABLE)} |",
        "|---|" + "---|" * len(TABLE),
    ]
    for name, numbering in NUMBERINGS.items():
        numbers = {emotion: number for number, emotion in numbering.items()}
        cells = " | ".join(numbers.get(row.name, "") for row in TABLE)
        lines.append(f"| `{name}` | {cells} |")
    return "\n".join(lines) + "\n"


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def write(folder: Path = FOLDER) -> None:
    """Writes all pages that are not as they should be."""
    for name, text in pages().items():
        page = folder / name
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    write()
