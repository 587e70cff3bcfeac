# OF-FD as published (He 2021, the paper's [27]). No training:
#   MESPOT_FOLD=s15 python tools/test.py configs/zoo/of_fd_casme2.py
_base_ = '../spotters/optical_flow_casme2.py'

model = dict(_delete_=True, type='OFFDSpotter')
work_dir = './work_dirs/of_fd_casme2/{{$MESPOT_FOLD:s15}}'
