# The slim network as it is: both streams.
_base_ = '../mespot_synthetic.py'

ablation = dict(reference='slim_two_streams', change='slim as it is: RGB and flow')
