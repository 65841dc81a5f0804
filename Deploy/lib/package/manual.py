"""Writes the pages of the manual: called by Deploy/package with the folder for them, on standard input the help."""
import json
import pathlib
import sys

from . import commands, units


def main(folder, systemd, words, version, date):
    pages = {f"{name}.1": text for name, text in commands.pages(json.load(sys.stdin), version, date)}
    texts = {path.name: path.read_text() for path in pathlib.Path(systemd).iterdir()
             if path.suffix in (".service", ".socket", ".timer")}
    pages["settled.service.8"] = units.page(texts, pathlib.Path(words).read_text(), version, date)
    for name, text in pages.items():
        place = pathlib.Path(folder) / f"man{name[-1]}" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


main(*sys.argv[1:])
