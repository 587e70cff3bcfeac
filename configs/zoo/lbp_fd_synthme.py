# LBP-FD (Moilanen et al. 2014, compared in the paper's [5]). No training:
#   python tools/test.py configs/zoo/lbp_fd_synthme.py
_base_ = './_base_/lbp_synthme.py'

model = dict(_delete_=True, type='LBPFDSpotter')
