"""The page in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmaction_mespot.annotations.own import read_own
from mmaction_mespot.viewer import ViewerServer

playwright = pytest.importorskip('playwright.sync_api', reason="the browser's driver: pip install playwright")
BROWSER = os.environ.get('MESPOT_CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')
pytestmark = pytest.mark.skipif(BROWSER is None, reason='no Chromium on the PATH and none in MESPOT_CHROMIUM')


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
           + [...line.querySelectorAll('input')].map(input => input.value).join(' '))""",
    )


def wait_for_time(page: Any, seconds: float) -> None:
    page.wait_for_function(
        f"() => Math.abs(document.getElementById('video').currentTime - {seconds}) < 0.04", timeout=20000
    )


def test_look_and_correct(page: Any, results: Path, uploaded: list[Path], tmp_path: Path) -> None:
    assert rows(page) == ['MaE 10 20 35', 'ME 50 55 60']
    assert page.inner_text('#notes') == 'a note'

    # a click on a row seeks, and shows the crops and what changed between them
    page.click('#intervals tbody tr:nth-child(2) td:nth-child(6)')
    wait_for_time(page, 50 / 30)
    page.wait_for_function("() => document.getElementById('motion').width === 48", timeout=20000)
    bright = page.evaluate(
        """() => [[24, 24], [4, 4]].map(([x, y]) =>
             document.getElementById('motion').getContext('2d').getImageData(x, y, 1, 1).data[0])"""
    )
    assert bright[0] > 150 and bright[1] < 60

    # a click on the timeline goes to the interval below it, or to the time
    box = page.locator('#timeline').bounding_box()
    page.mouse.click(box['x'] + box['width'] * (20 / 90), box['y'] + 60)
    wait_for_time(page, 10 / 30)
    page.mouse.click(box['x'] + box['width'] * (85 / 90), box['y'] + 60)
    wait_for_time(page, 85 / 30)

    # the slider changes the list; a candidate has no thumbnails, its frames come from the video
    page.evaluate(
        """() => { const slider = document.getElementById('threshold-ME');
                   slider.value = 0.4; slider.dispatchEvent(new Event('input')); }"""
    )
    assert rows(page) == ['MaE 10 20 35', 'ME 50 55 60', 'ME 70 74 80']
    page.click('#intervals tbody tr:nth-child(3) td:nth-child(6)')
    page.wait_for_function("() => document.getElementById('offset').width === 64", timeout=20000)

    # corrections: another offset, another class, one taken out, one added
    page.fill('#intervals tbody tr:nth-child(1) input.offset', '40')
    page.dispatch_event('#intervals tbody tr:nth-child(1) input.offset', 'change')
    page.wait_for_function("() => document.querySelector('tr.edited input.offset')?.value === '40'")
    page.select_option('#intervals tbody tr:nth-child(2) select', 'MaE')
    page.click('#intervals tbody tr:nth-child(3) button')
    page.evaluate("() => { document.getElementById('video').currentTime = 2.0; }")
    wait_for_time(page, 2.0)
    page.click('#add')
    assert rows(page) == ['MaE 10 20 40', 'MaE 50 55 60', 'ME 60 66 72']

    # what cannot be is refused
    page.fill('#intervals tbody tr:nth-child(1) input.onset', '30')
    page.dispatch_event('#intervals tbody tr:nth-child(1) input.onset', 'change')
    assert 'expected 0 <= onset <= apex' in page.inner_text('#error')
    assert rows(page)[0] == 'MaE 10 20 40'

    # the exported table is what tools/prepare.py own reads
    with page.expect_download() as download:
        page.click('#export')
    table = tmp_path / 'labels.csv'
    download.value.save_as(table)
    data, _ = read_own(tmp_path, table=table)
    found = [(e['segment'], e['label'], e['apex']) for e in data['data_list'][0]['instances']]
    assert sorted(found) == [([10, 41], 0, 20), ([50, 61], 0, 55), ([60, 73], 1, 66)]
    if os.environ.get('MESPOT_SCREENSHOT'):
        page.screenshot(path=os.environ['MESPOT_SCREENSHOT'])

    # a video that has moved is told
    (results.parent / 'talk.mp4').rename(tmp_path / 'moved.mp4')
    page.reload()
    page.wait_for_function(
        "() => document.getElementById('error').textContent.includes('the video has moved')", timeout=20000
    )

    # another video is sent, and its failure is told
    page.set_input_files('#upload', tmp_path / 'moved.mp4')
    page.wait_for_function(
        "() => document.getElementById('jobs').textContent.includes('no face was found')", timeout=20000
    )
    assert uploaded == [results / 'uploads' / 'moved.mp4']
