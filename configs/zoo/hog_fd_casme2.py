# HOG-FD (Davison et al. 2018, the paper's [6]). No training:
#   MESPOT_FOLD=s15 python tools/test.py configs/zoo/hog_fd_casme2.py
_base_ = './_base_/hog_casme2.py'

model = dict(_delete_=True, type='HOGFDSpotter')
work_dir = './work_dirs/hog_fd_casme2/{{$MESPOT_FOLD:s15}}'
