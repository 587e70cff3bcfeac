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
    assert page.locator('#intervals td.score').all_inner_texts() == ['0.950 (87\u00a0%)', '0.900']
    page.click('#intervals tbody tr:nth-child(1) input.offset')
    page.keyboard.press('Control+a')
    page.keyboard.type('40')
    page.keyboard.press('Enter')
    assert page.evaluate('() => document.activeElement.className') == 'offset'
    assert rows(page)[0] == 'MaE 10 20 40 corrected'
    assert page.inner_text('#intervals tbody tr:nth-child(1) td.score') == '0.950 (87\u00a0%)'
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


def key(page: Any, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def stored(results: Path, coder: str = 'coder') -> dict[str, Any]:
    return json.loads((results / 'talk' / 'corrections' / f'{coder}.json').read_text())


def test_every_key(page: Any, results: Path) -> None:
    page.click('h1')
    key(page, 'n')  # the first row
    wait_for_frame(page, 10)
    assert page.inner_text('#moved') == 'AU12 lip-corner puller, 0.050 IOD'
    assert page.locator('#intervals div.moved').all_inner_texts() == ['AU12', '']
    key(page, 'Shift+ArrowRight', 'Shift+ArrowRight')
    wait_for_frame(page, 30)
    key(page, 'ArrowLeft', 'Shift+ArrowLeft')
    wait_for_frame(page, 19)
    key(page, 'k', '2')
    assert rows(page)[0] == 'ME 10 19 35 corrected'
    key(page, '1', 'a')
    assert rows(page)[0] == 'MaE 10 19 35 corrected'
    key(page, 'Shift+ArrowRight')
    wait_for_frame(page, 29)
    key(page, 'o')
    assert rows(page)[0] == 'MaE 10 19 29 corrected'
    key(page, 'n')
    wait_for_frame(page, 50)
    key(page, 'a')
    assert rows(page)[1] == 'ME 50 55 60 accepted'
    key(page, 'p')
    wait_for_frame(page, 10)
    assert not page.is_checked('#loop')
    key(page, 'l')
    assert page.is_checked('#loop')
    key(page, ' ')
    page.wait_for_function("() => !document.getElementById('video').paused", timeout=20000)
    page.wait_for_timeout(1500)  # longer than the interval: it is played anew
    assert int(page.inner_text('#frame')) <= 40
    key(page, ' ')
    page.wait_for_function("() => document.getElementById('video').paused", timeout=20000)
    before = page.screenshot(clip=page.locator('#timeline').bounding_box())
    key(page, '+')
    closer = page.screenshot(clip=page.locator('#timeline').bounding_box())
    assert closer != before
    key(page, '-')
    key(page, 'c')
    assert len(rows(page)) == 3 and sum(row.endswith('added') for row in rows(page)) == 1
    key(page, 'x')  # an added row goes
    assert len(rows(page)) == 2
    key(page, 'Control+z')
    assert len(rows(page)) == 3
    key(page, 'Control+Shift+z')
    assert len(rows(page)) == 2


def test_another_video_and_back(page: Any, results: Path) -> None:
    """Edits that were just made are kept, and no crop of the video before stays."""
    shutil.copytree(results / 'talk', results / 'P02' / 'other')
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('#name option').length === 2", timeout=20000)
    page.select_option('#name', 'talk')
    page.wait_for_selector('#intervals tbody tr')
    page.click('#intervals tbody tr:nth-child(2) td.seconds')
    page.wait_for_function("() => document.getElementById('motion').width === 48", timeout=20000)
    page.click('#intervals tbody tr:nth-child(2) button[title^=Reject]')
    page.select_option('#name', 'P02/other')  # before it was saved
    page.wait_for_function("() => location.hash.includes('other')", timeout=20000)
    assert rows(page) == FOUND
    assert page.eval_on_selector_all('#detail canvas', 'all => all.map((one) => one.width)') == [1] * 4
    page.select_option('#name', 'talk')
    page.wait_for_function("() => location.hash.endsWith('talk')", timeout=20000)
    assert rows(page) == [FOUND[0], 'ME 50 55 60 rejected']


def test_stretches_are_reviewed(page: Any, results: Path) -> None:
    assert page.inner_text('#reviewed') == '0.0 of 3.0 s reviewed'
    page.click('h1')
    for _ in range(3):
        key(page, 'Shift+ArrowRight')
    wait_for_frame(page, 30)
    page.click('#review')
    assert page.inner_text('#review') == 'Reviewed 1.00 s to here'
    key(page, 'Shift+ArrowLeft', 'Shift+ArrowLeft')  # backwards does as well
    wait_for_frame(page, 10)
    key(page, 'r')
    assert page.inner_text('#reviewed') == '0.7 of 3.0 s reviewed'
    wait_saved(page)
    assert stored(results)['reviewed'] == [[10, 30]]
    # a second one that touches it joins it; undo, and away with all
    key(page, 'r', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft')
    wait_for_frame(page, 7)
    key(page, 'r')
    assert page.inner_text('#reviewed') == '0.8 of 3.0 s reviewed'
    key(page, 'Control+z')
    assert page.inner_text('#reviewed') == '0.7 of 3.0 s reviewed'
    key(page, 'u')
    assert 'no reviewed stretch' in page.inner_text('#error')
    page.click('#review-whole')
    assert page.inner_text('#reviewed') == '3.0 of 3.0 s reviewed'
    wait_saved(page)
    page.reload()
    page.wait_for_function(
        "() => document.getElementById('reviewed').textContent.startsWith('3.0')", timeout=20000
    )
    page.click('#unreview')
    assert page.inner_text('#reviewed') == '0.0 of 3.0 s reviewed'


def test_the_motion_of_an_interval_is_magnified(page: Any) -> None:
    """Each frame is 2 grey levels brighter: 8 times that after magnification, against the first frame."""
    page.wait_for_function("() => document.getElementById('video').readyState >= 2", timeout=20000)
    page.click('#intervals tbody tr:nth-child(2) td.seconds')  # frames 50 to 60, so 44 to 66
    wait_for_frame(page, 50)
    key(page, 'm')
    page.wait_for_selector('#magnified canvas[data-picture]', timeout=30000)
    grey = """() => { const canvas = document.querySelector('#magnified canvas');
              const pixel = canvas.getContext('2d').getImageData(30, 30, 1, 1).data[0];
              return [Number(canvas.dataset.picture), pixel]; }"""
    shown = "() => document.querySelector('#magnified canvas').dataset.picture === "
    page.wait_for_function(f"{shown}'3'", timeout=20000)
    picture, level = page.evaluate(grey)
    assert abs(level - (40 + 2 * 44 + 8 * 2 * picture)) <= 10 + 2 * picture
    page.select_option('#factor', '4')
    page.wait_for_function(f"{shown}'6'", timeout=20000)
    picture, level = page.evaluate(grey)
    assert abs(level - (40 + 2 * 44 + 4 * 2 * picture)) <= 6 + 2 * picture
    assert page.evaluate("() => document.getElementById('offset').width") == 48  # the crops are there too
    photograph(page, 'magnified')
    page.click('h1')
    key(page, 'm')
    assert page.is_hidden('#magnified')


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
