"""A file brought in through the page, by hand on the keyboard, without script, and cut short."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, sign_in
from tests.browser.server import SECONDS_TO_START, Server, vivencia
from tests.browser.watching import PATIENCE_MS, Watch, follow

pytestmark = pytest.mark.browser
LONG = 160_000
ADDRESS = re.compile(r"http://[\d.]+:\d+")
FOCUSED = "document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"
PHONE = {"width": 360, "height": 740}


class Again(Server):
    """A server of people who can sign in: it prints no link, only where it is."""

    def _wait_for_link(self, lines):
        while line := lines.get(timeout=SECONDS_TO_START):
            if found := ADDRESS.search(line):
                return found[0], ""
        raise AssertionError("the server ended:\n" + "".join(self.printed))


def answers(path: Path, rows: int, *, bad: int = 0) -> Path:
    """A survey as people send it; `bad` rows have a date that does not exist."""
    chance = random.Random(7)
    lines = ["fecha;id_cliente;email;canal;nps;comentario"]
    for n in range(rows):
        day = "31/02/2026" if n < bad else f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/2026"
        who = chance.randint(1, 300)
        words = f"A-{who};c{who}@ejemplo.es;{chance.choice(['web', 'phone'])}"
        lines.append(f"{day};{words};{chance.randint(0, 10)};Lo que nos dijo el cliente {n}")
    path.write_text("\n".join(lines) + "\n")
    return path


def press(tab: Tab, name: str) -> None:
    """Tab to the button called `name`, and press Enter on it."""
    for _ in range(150):
        tab.keyboard.press("Tab")
        if tab.evaluate(FOCUSED) == name:
            with tab.expect_navigation():
                tab.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reaches {name}")


def importing(server: Server) -> psutil.Process:
    """The process that brings a file in for `server`."""
    family = psutil.Process(server.process.pid).children(recursive=True)
    return next(one for one in family if any("imports.job" in word for word in one.cmdline()))


def until(tab: Tab, said: str, times: int = 1) -> None:
    tab.locator("h1", has_text=said).wait_for(timeout=times * PATIENCE_MS)


def seen(watch: Watch, what: str) -> list[str]:
    """Everything wrong with the page as it stands, light and dark, wide and narrow."""
    found = []
    for theme in ("light", "dark"):
        watch.tab.emulate_media(color_scheme=theme)
        found += [f"{what} {theme}: {barrier}" for barrier in watch.barriers()]
    size = watch.tab.viewport_size
    watch.tab.set_viewport_size(PHONE)
    found += [f"{what} phone: {barrier}" for barrier in watch.barriers()]
    if watch.sideways() > 0:
        found.append(f"{what} phone: {watch.sideways()} px wider than the screen")
    watch.tab.set_viewport_size(size)
    return found


def scored(data: Path, *words: str) -> str:
    return vivencia(data, "scores", "nps", "--json", *words)


def test_a_file_comes_in_by_the_keyboard_alone(administrator: Visitor, empty: Server, tmp_path):
    file = answers(tmp_path / "respuestas.csv", 400, bad=3)
    phoned = sum(";phone;" in line for line in file.read_text().splitlines()[4:])
    context = administrator.context("es")
    watch = Watch(context)
    tab = watch.tab
    wrong = []
    tab.goto("/")
    tab.get_by_role("link", name="Importar", exact=True).focus()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    until(tab, "basta un archivo")
    wrong += seen(watch, "list")
    tab.set_input_files("#file", file)  # the dialogue of the system is not ours to drive
    press(tab, "Mirar el archivo")
    until(tab, "columnas")
    wrong += seen(watch, "columns")
    press(tab, "Ver qué entraría")
    until(tab, "397")
    expect(tab.locator("main")).to_contain_text("31/02/2026")
    wrong += seen(watch, "check")
    press(tab, "Importar 397 interacciones")
    until(tab, "Hecho: 397")
    wrong += seen(watch, "result")
    by_phone = ("--where", "channel=phone")  # no other test's answers are
    assert json.loads(scored(empty.data, *by_phone))["counted"] == phoned > 100
    with tab.expect_download() as download:
        tab.get_by_text("Descargar estas filas").click()
    told = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert told.count("31/02/2026") == 3
    press(tab, "Deshacer: respuestas.csv")
    until(tab, "Deshecha")
    assert f'"undone": {phoned}' in scored(empty.data, *by_phone)
    press(tab, "Recuperar: respuestas.csv")
    until(tab, "Hecho")
    tab.goto("/imports/")
    wrong += seen(watch, "list with a file")
    assert [*wrong, *watch.troubles] == []
    context.close()


def test_a_long_name_does_not_widen_the_page(administrator: Visitor, tmp_path):
    file = answers(tmp_path / f"{'respuestas' * 18}.csv", 3)
    context = administrator.context("es", viewport=PHONE)
    tab = context.new_page()
    tab.goto("/imports/")
    tab.set_input_files("#file", file)
    press(tab, "Mirar el archivo")
    until(tab, "columnas")
    beyond = "document.documentElement.scrollWidth - innerWidth"
    assert tab.evaluate(beyond) <= 0, "its columns"
    tab.goto("/imports/")
    expect(tab.locator(".arriving")).to_contain_text("respuestasrespuestas")
    assert tab.evaluate(beyond) <= 0, "the list"
    press(tab, f"Descartar: {file.name}")
    context.close()


def test_it_needs_no_script(administrator: Visitor, tmp_path):
    file = answers(tmp_path / "sin_script.csv", 60)
    context = administrator.context("en", java_script_enabled=False)
    tab = context.new_page()
    tab.goto("/imports/")
    tab.set_input_files("#file", file)
    follow(tab.get_by_role("button", name="Look at the file"))
    tab.get_by_label("Where the column canal goes", exact=True).select_option("touchpoint")
    follow(tab.get_by_role("button", name="See what would come in"))
    until(tab, "would come in")
    follow(tab.get_by_role("button", name="Import 60"))
    until(tab, "60 interactions came in")
    context.close()


def test_a_page_may_be_left_and_a_stopped_import_goes_on(chromium, tmp_path):
    file = answers(tmp_path / "muchas.csv", LONG)
    with Server(tmp_path / "data") as server:
        visitor = Visitor(chromium, server, sign_in(chromium, server))
        context = visitor.context("en")
        tab = context.new_page()
        tab.goto("/imports/")
        tab.set_input_files("#file", file)
        follow(tab.get_by_role("button", name="Look at the file"))
        follow(tab.get_by_role("button", name="See what would come in"))
        until(tab, "would come in")
        follow(tab.get_by_role("button", name=f"Import {LONG:,}"))
        until(tab, "It is coming in")
        job = importing(server)
        job.suspend()  # however quick this machine is, the server ends before the import does
        tab.close()
        server.stop()
        context.close()
        job.resume()
        job.wait(timeout=PATIENCE_MS / 1000)
    assert '"state": "failed"' in vivencia(tmp_path / "data", "import", "--list", "--json")
    with Again(tmp_path / "data") as server:
        context = visitor.context("en")
        tab = context.new_page()
        tab.goto(server.address + "/imports/")
        expect(tab.locator("main")).to_contain_text("interrupted")
        follow(tab.get_by_role("button", name="Go on"))
        until(tab, "came in", times=5)  # all that is LONG
        assert f'"received": {LONG}' in scored(tmp_path / "data")
        context.close()
