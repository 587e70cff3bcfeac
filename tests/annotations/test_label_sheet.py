import pandas as pd
import pytest

from mmaction_mespot.annotations.annotation_error import AnnotationError
from mmaction_mespot.annotations.label_sheet import LabelSheet

NAMES = {'onset': ('Onset',), 'offset': ('Offset',), 'action units': ('AU',)}


def test_of_several_sheets_the_one_with_most_columns(tmp_path):
    path = tmp_path / 'a.xlsx'
    plain = pd.DataFrame({'Onset': [1], 'Offset': [5]})
    with pd.ExcelWriter(path) as writer:
        plain.to_excel(writer, sheet_name='Sheet1', index=False)
        plain.assign(AU='12').to_excel(writer, sheet_name='AU+Emotion', index=False)
    found = LabelSheet.find_one(path, 'a.xlsx', NAMES, ('onset', 'offset'))
    assert found.sheet == 'AU+Emotion'
    assert LabelSheet.find_one(path, 'a.xlsx', NAMES, ('onset', 'offset'), 'Sheet1').sheet == 'Sheet1'
    with pd.ExcelWriter(path) as writer:
        for name in ('a', 'b'):
            plain.to_excel(writer, sheet_name=name, index=False)
    with pytest.raises(
        AnnotationError, match='labels in the sheets a, b, expected one such sheet, or --sheet'
    ):
        LabelSheet.find_one(path, 'a.xlsx', NAMES, ('onset', 'offset'))
