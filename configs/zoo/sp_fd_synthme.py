# SP-FD (Zhang et al. 2020, the paper's [25]). No training:
#   python tools/test.py configs/zoo/sp_fd_synthme.py
_base_ = '../spotters/optical_flow.py'

model = dict(_delete_=True, type='SPFDSpotter')
