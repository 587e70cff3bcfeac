import pytest
import torch
from mmengine.model import BaseDataPreprocessor, BaseModel
from torch import nn

from mmaction_mespot.engine.compile_parts import compile_parts


class Model(BaseModel):
    def __init__(self):
        super().__init__(BaseDataPreprocessor())
        self.backbone, self.neck = nn.Linear(3, 4), nn.Identity()

    def forward(self, inputs, mode='tensor'):
        return self.neck(self.backbone(inputs))


@pytest.mark.parametrize(
    ('options', 'parts'), [(None, []), (False, []), (dict(backend='eager'), ['backbone'])]
)
def test_parts_with_weights(options, parts):
    model = Model()
    names, inputs = list(model.state_dict()), torch.randn(2, 3)
    before = model(inputs)
    assert compile_parts(model, options) == parts
    assert (model.backbone._compiled_call_impl is not None) == bool(parts)
    assert list(model.state_dict()) == names
    torch.testing.assert_close(model(inputs), before)
