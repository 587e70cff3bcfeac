"""The page in a real browser, with real clicks and keys."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.viewer import ViewerServer

from .conftest import interval

playwright = pytest.importorskip('playwright.sync_api', reason="the browser's driver: pip install playwright")
BROWSER = os.environ.get('MESPOT_CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')
pytestmark = pytest.mark.skipif(BROWSER is None, reason='no Chromium on the PATH and none in MESPOT_CHROMIUM')
FOUND = ['MaE 10 20 35 found', 'ME 50 55 60 found']


@pytest.fixture
def uploaded() -> list[Path]:
    return []


@pytest.fixture
def page(results: Path, uploaded: list[Path]) -> Iterator[Any]:
    def spot(video: Path) -> str | None:
        uploaded.append(video)
        return 'no face was found'

    with (
        ViewerServer(results, spot) as server,
        playwright.sync_playwright() as driver,
        driver.chromium.launch(executable_path=BROWSER, args=['--no-sandbox']) as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown = browser.new_page(viewport=dict(width=1400, height=900))
        errors: list[str] = []
        shown.on('pageerror', lambda error: errors.append(str(error)))
        shown.goto(server.url)
        shown.wait_for_selector('#intervals tbody tr')
        yield shown
        server.shutdown()
        assert not errors


def rows(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        '#intervals tbody tr',
        """lines => lines.map(line => line.querySelector('select').value + ' '
           + [...line.querySelectorAll('input')].map(input => input.value).join(' ')
           + ' ' + line.querySelector('.state').textContent)""",
    )


def wait_saved(page: Any) -> None:
    page.wait_for_function(
        "() => document.getElementById('saved').textContent.startsWith('saved')", timeout=20000
    )


def wait_for_frame(page: Any, frame: int) -> None:
    page.wait_for_function(f"() => document.getElementById('frame').textContent === '{frame}'", timeout=20000)


def photograph(page: Any, what: str) -> None:
    if os.environ.get('MESPOT_SCREENSHOTS'):
        page.screenshot(path=f'{os.environ["MESPOT_SCREENSHOTS"]}/{what}.png')


def test_a_row_is_corrected_with_mouse_and_keys(page: Any, results: Path, tmp_path: Path) -> None:
    assert rows(page) == FOUND and page.inner_text('#notes') == 'a note'
    assert page.locator('#intervals td.score').all_inner_texts() == ['0.950 (87 %)', '0.900']
    page.click('#intervals tbody tr:nth-child(1) input.offset')
    page.keyboard.press('Control+a')
    page.keyboard.type('40')
    page.keyboard.press('Enter')
    assert page.evaluate('() => document.activeElement.className') == 'offset'
    assert rows(page)[0] == 'MaE 10 20 40 corrected'
    assert page.inner_text('#intervals tbody tr:nth-child(1) td.score') == '0.950 (87 %)'
    wait_saved(page)
    page.click('#intervals tbody tr:nth-child(2) select')
    page.keyboard.press('Escape')
    page.select_option('#intervals tbody tr:nth-child(2) select', 'MaE')
    assert rows(page)[1] == 'MaE 50 55 60 corrected'
    # what cannot be is refused
    page.fill('#intervals tbody tr:nth-child(1) input.onset', '30')
    page.keyboard.press('Enter')
    assert 'expected 0 <= onset <= apex' in page.inner_text('#error')
    assert rows(page)[0] == 'MaE 10 20 40 corrected'
    # undo and redo, then everything is there after loading again
    page.click('#undo')
    assert rows(page)[1] == 'ME 50 55 60 found'
    page.click('h1')
    page.keyboard.press('Control+y')
    page.click('#intervals tbody tr:nth-child(2) td.seconds')
    wait_for_frame(page, 50)
    page.keyboard.press('ArrowRight')
    wait_for_frame(page, 51)
    page.keyboard.press('i')
    page.keyboard.press('p')
    page.keyboard.press('x')
    kept = ['MaE 10 20 40 rejected', 'MaE 51 55 60 corrected']
    assert rows(page) == kept
    page.wait_for_timeout(300)
    wait_saved(page)
    photograph(page, 'corrected')
    page.reload()
    page.wait_for_selector('#intervals tbody tr')
    assert rows(page) == kept
    with page.expect_download() as download:
        page.click('#export')
    table = tmp_path / 'labels.csv'
    download.value.save_as(table)
    data, _ = read_own(tmp_path, table=table)
    assert [(e['segment'], e['label']) for e in data['data_list'][0]['instances']] == [([51, 61], 0)]
    # another coder begins anew, and sees the first one's
    page.fill('#coder', 'ben')
    page.keyboard.press('Enter')
    page.wait_for_function("() => document.querySelectorAll('#intervals tr.found').length === 2")
    page.set_input_files('#import', table)
    page.wait_for_function("() => document.querySelectorAll('#intervals tr.added').length === 1")
    wait_saved(page)
    assert sorted(path.name for path in (results / 'talk' / 'corrections').iterdir()) == [
        'ben.json',
        'coder.json',
    ]


def test_the_frame_that_a_row_names_is_shown(page: Any) -> None:
    page.wait_for_function("() => document.getElementById('video').readyState >= 2", timeout=20000)
    page.wait_for_timeout(500)
    page.click('h1')
    grey = """() => { const canvas = new OffscreenCanvas(1, 1); const context = canvas.getContext('2d');
              context.drawImage(document.getElementById('video'), 0, 0, 1, 1);
              return context.getImageData(0, 0, 1, 1).data[0]; }"""
    for frame in range(1, 40):
        page.keyboard.press('ArrowRight')
        wait_for_frame(page, frame)
        assert abs(page.evaluate(grey) - (40 + 2 * frame)) <= 1


def test_the_ends_of_a_bar_are_dragged(page: Any) -> None:
    page.wait_for_timeout(500)
    box = page.locator('#timeline').bounding_box()

    def x(frame: float) -> float:
        return box['x'] + box['width'] * frame / 90

    lane = box['y'] + 18 + 20 + 90 + 4 + 6
    page.mouse.move(x(35), lane)
    page.mouse.down()
    page.mouse.move(x(37), lane)
    page.mouse.move(x(40.5), lane)
    page.mouse.up()
    assert rows(page)[0] == 'MaE 10 20 40 corrected'


def test_an_hour_with_500_intervals_in_a_small_window(results: Path, page: Any) -> None:
    path = results / 'talk' / 'intervals.json'
    content = json.loads(path.read_text())
    content['video'].update(total_frames=108_000, duration_s=3600.0)
    found = [interval('ME' if i % 2 else 'MaE', 0.9, 210 * i, 210 * i + 5, 210 * i + 12) for i in range(500)]
    content.update(intervals=found, candidates=found)
    content['curves'] = dict(time_s=[i / 10 for i in range(36_000)], MaE=[0.2] * 36_000, ME=[0.3] * 36_000)
    path.write_text(json.dumps(content))
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('#intervals tbody tr').length === 500")
    assert page.evaluate('() => document.documentElement.scrollHeight') < 1500
    photograph(page, 'hour')
    page.set_viewport_size(dict(width=390, height=800))
    assert page.evaluate('() => document.documentElement.scrollWidth') <= 390
    photograph(page, 'small')


def test_a_moved_video_and_an_upload(page: Any, results: Path, uploaded: list[Path], tmp_path: Path) -> None:
    (results.parent / 'talk.mp4').rename(tmp_path / 'moved.mp4')
    page.reload()
    page.wait_for_function(
        "() => document.getElementById('error').textContent.includes('the video has moved')", timeout=20000
    )
    page.set_input_files('#upload', tmp_path / 'moved.mp4')
    page.wait_for_function(
        "() => document.getElementById('jobs').textContent.includes('no face was found')", timeout=20000
    )
    assert uploaded == [results / 'uploads' / 'moved.mp4']
