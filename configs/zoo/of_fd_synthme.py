# OF-FD as published (He 2021, the paper's [27]). No training:
#   python tools/test.py configs/zoo/of_fd_synthme.py
_base_ = '../spotters/optical_flow.py'

model = dict(_delete_=True, type='OFFDSpotter')
