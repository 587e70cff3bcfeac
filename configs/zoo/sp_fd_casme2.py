# SP-FD (Zhang et al. 2020, the paper's [25]). No training:
#   MESPOT_FOLD=s15 python tools/test.py configs/zoo/sp_fd_casme2.py
_base_ = '../spotters/optical_flow_casme2.py'

model = dict(_delete_=True, type='SPFDSpotter')
work_dir = './work_dirs/sp_fd_casme2/{{$MESPOT_FOLD:s15}}'
