# LBP-FD (Moilanen et al. 2014, compared in the paper's [5]). No training:
#   MESPOT_FOLD=s15 python tools/test.py configs/zoo/lbp_fd_casme2.py
_base_ = './_base_/lbp_casme2.py'

model = dict(_delete_=True, type='LBPFDSpotter')
work_dir = './work_dirs/lbp_fd_casme2/{{$MESPOT_FOLD:s15}}'
