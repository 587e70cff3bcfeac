"""Every command of the page on published files, on made-up files in the layout of each repository."""

from __future__ import annotations

import json
import pickle
import re
import runpy
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / 'docs' / 'published.md'

# Two people, two videos: a MaE of frames 11 to 50 and an ME of frames 101 to 112 in the first video; the
# second has none and lacks in tables of labels.
OWN = (
    'video,onset,apex,offset,type,subject,frames\n'
    's91_0401,11,20,50,MaE,s91,600\ns91_0401,101,106,112,ME,s91,600\ns92_0101,,,,,s92,600\n'
)
AUWGCN_LABELS = (
    'subject,video_name,start_frame,apex_frame,end_frame,type_idx,au\n'
    'casme_091,casme_091_0401,11,20,50,1,4\ncasme_091,casme_091_0401,101,106,112,2,4\n'
)
LGSNET_LABELS = (
    'subject,video,type,type_idx,startFrame,endFrame,frame_num,length\n'
    '1,./long/s91/91_0401falling,macro-expression,1,11,50,600,39\n'
    '1,./long/s91/91_0401falling,micro-expression,2,101,112,600,11\n'
    '2,./long/s92/92_0101spider,macro-expression,1,300,340,600,40\n'
)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')


@pytest.fixture(scope='module')
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of all repositories."""
    folder = tmp_path_factory.mktemp('published')
    write(folder / 'own' / 'labels.csv', OWN)
    # MEGC 2020: a hit of each class, one outside, one false alarm in the video without events.
    write(folder / 'ME2_macro_txtClips/p1/s91_0401.txt', '11 50 1.0\n700 760 1.0\n')
    write(folder / 'ME2_macro_txtClips/p1/s92_0101.txt', '')
    write(folder / 'ME2_micro_txtClips/p1/s91_0401.txt', '101 112 1.0\n')
    write(folder / 'ME2_micro_txtClips/p1/s92_0101.txt', '11 20 1.0\n')
    # The ME is found by two detections; one lies before the video; one label of another table is missed.
    log = '2\ns91/91_0401* 101 112 102 113 TP\ns91/91_0401* 101 112 101 112 TP\n'
    log += 's91/91_0401* 101 112 101 112 TP\ns92/92_0101* __ __ -8 16 FP\ns91/91_0401* 300 310 __ __ FN\n'
    write(folder / 'LOG_CAS_Micro.txt', log)
    write(folder / 'cas_pred.csv', 'vid,pred_onset,pred_offset,type\n91_0401,11,50,mae\n92_0101,1,9,me\n')
    curve = np.zeros(600)
    curve[10:50] = 1.0  # smoothed over 36 frames the plateau of the peak is 28 to 32, its middle frame 30
    (folder / 'scores' / 'macro').mkdir(parents=True)
    (folder / 'scores' / 'micro').mkdir()
    np.save(folder / 'scores/macro/s91_0401.npy', curve[:, None])
    curve = np.zeros(600)
    curve[100:112] = 1.0
    (folder / 'scores/micro/s91_0401.pkl').write_bytes(pickle.dumps(curve.tolist()))
    (folder / 'scores/micro/s92_0101.pkl').write_bytes(pickle.dumps([0.0] * 600))
    table = 'video_name,start_frame,end_frame,score,type_idx\n'
    one, two = (folder / f'out/casme_09{i}/nms_csv/final_proposals_epoch_099.csv' for i in (1, 2))
    write(one, table + 'casme_091_0401,11,50,0.9,1\ncasme_091_0401,101,112,0.8,2\n')
    write(two, table + 'casme_092_0101,5,45,0.7,1\n')
    table = 'video_name,start_frame,end_frame,apex_frame,score,type_idx\n'
    write(folder / 'out/casme_091/abfcm_nms/099.csv', table + 'casme_091_0401,10,49,20,0.9,1\n')
    write(folder / 'cas(me)_new.csv', AUWGCN_LABELS)
    lines = '91_0401falling\t11.400\t50.900\t0.9000\n91_0401falling\t101.500\t112.300\t0.3000\n'
    write(folder / 'output/subject_s91/test_detection/test_29.txt', lines)
    write(folder / 'output/subject_s92/test_detection/test_29.txt', '')
    write(folder / 'casme2_annotation.csv', LGSNET_LABELS)
    table = 'subject,video,onset,offset,emotion\n'
    write(folder / 'gt.csv', table + '1,EP91_02,11,50,disgust\n2,EP91_02,20,60,others\n')
    write(
        folder / 'pred.csv',
        table + '1,EP91_02,11,50,others\n2,EP91_02,200,260,others\n3,EP92_01,1,9,others\n',
    )
    return folder


def commands() -> list[str]:
    text = PAGE.read_text(encoding='utf-8').partition('## The commands')[2]
    blocks = re.findall(r'^```bash\n(.*?)^```$', text, flags=re.MULTILINE | re.DOTALL)
    return [block.replace('\\\n', ' ').strip() for block in blocks]


# TP, FP, FN overall, by hand: see the comments in the fixture.
EXPECTED = {
    '--layout megc2020': (2, 2, 0),
    '--layout megc-log': (
        1,
        1,
        1,
    ),  # of two detections of one label one is left; -8 to 16 are too many frames
    'cas_pred.csv': (1, 1, 1),
    '--layout softnet': (2, 0, 0),
    '--layout me-tst': (1, 0, 1),
    '--layout auwgcn': (2, 1, 0),
    '--layout spotformer': (1, 0, 1),
    '--layout lgsnet': (1, 0, 2),  # a score of 0.3 lies not above 0.3
    '--layout strs': (1, 1, 1),
}


@pytest.mark.parametrize('command', commands(), ids=lambda command: next(k for k in EXPECTED if k in command))
def test_a_command_of_the_page(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(files)
    run(monkeypatch, 'prepare', ['labels', '--root', 'own', '--fps', '30', '--out', str(tmp_path)])
    (files / 'labels.json').write_bytes((tmp_path / 'annotations.json').read_bytes())
    python, tool, *words = shlex.split(command)
    assert (python, tool) == ('python', 'tools/evaluate.py')
    arguments = [str(one) for word in words for one in (sorted(files.glob(word)) if '*' in word else [word])]
    assert run(monkeypatch, 'evaluate', [*arguments, '--out', str(tmp_path / 'r.json')]) == 0
    data = json.loads((tmp_path / 'r.json').read_text(encoding='utf-8'))
    overall = next(row for row in data['tables']['counts'] if row['class'] == 'overall')
    wanted = next(counts for key, counts in EXPECTED.items() if key in command)
    assert (overall['TP'], overall['FP'], overall['FN']) == wanted


def test_the_page_holds_every_command() -> None:
    assert len(commands()) == len(EXPECTED)


def run(monkeypatch: pytest.MonkeyPatch, tool: str, arguments: list[str]) -> int:
    monkeypatch.setattr(sys, 'argv', [f'{tool}.py', *arguments])
    with pytest.raises(SystemExit) as exit_info:
        runpy.run_path(str(ROOT / 'tools' / f'{tool}.py'), run_name='__main__')
    return int(exit_info.value.code or 0)
