import pytest

from mmaction_mespot.models.necks.bifpn_graph import bifpn_nodes


def test_the_graph_of_five_levels_is_the_papers() -> None:
    nodes, outputs = bifpn_nodes(5)
    names = [f'P{level}_in' for level in range(3, 8)]
    names += ['P6_td', 'P5_td', 'P4_td', 'P3_out', 'P4_out', 'P5_out', 'P6_out', 'P7_out']
    assert {names[5 + i]: tuple(names[j] for j in node.inputs) for i, node in enumerate(nodes)} == {
        'P6_td': ('P6_in', 'P7_in'),
        'P5_td': ('P5_in', 'P6_td'),
        'P4_td': ('P4_in', 'P5_td'),
        'P3_out': ('P3_in', 'P4_td'),
        'P4_out': ('P4_in', 'P4_td', 'P3_out'),
        'P5_out': ('P5_in', 'P5_td', 'P4_out'),
        'P6_out': ('P6_in', 'P6_td', 'P5_out'),
        'P7_out': ('P7_in', 'P6_out'),
    }
    assert [node.level for node in nodes] == [3, 2, 1, 0, 1, 2, 3, 4]
    assert [names[i] for i in outputs] == ['P3_out', 'P4_out', 'P5_out', 'P6_out', 'P7_out']


def test_one_level_is_no_pyramid() -> None:
    with pytest.raises(ValueError, match='num_levels=1'):
        bifpn_nodes(1)
