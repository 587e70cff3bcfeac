# HOG-FD (Davison et al. 2018, the paper's [6]). No training:
#   python tools/test.py configs/zoo/hog_fd_synthme.py
_base_ = './_base_/hog_synthme.py'

model = dict(_delete_=True, type='HOGFDSpotter')
