# Neck and head anew on the stored features of the frozen backbone.
_base_ = '../mespot_lite_features.py'

ablation = dict(
    reference='lite_paper',
    change='frozen backbone, neck and head on its stored features',
    features='features_lite',
)
