"""Face detection by BlazeFace (short range) in ``cv2.dnn``."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmaction_mespot.preprocessing.faces.models import FaceModelPaths, find_face_models
from mmaction_mespot.preprocessing.faces.network import as_rgb, read_network

_SIZE = 128
_LEAST_SIDE = 16
_OUTPUTS = ('regressors', 'classificators')


def blazeface_anchors() -> np.ndarray:
    """(896, 2) anchor centres in [0, 1]: 2 per cell of the 16 x 16 map, 6 per cell of the 8 x 8 map.

    Source: MediaPipe's ``face_detection_short_range`` graph (strides 8, 16, 16, 16; fixed anchor size).
    """
    maps = []
    for cells, per_cell in ((16, 2), (8, 6)):
        ticks = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(ticks, ticks)
        maps.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), per_cell, axis=0))
    return np.concatenate(maps)


class FaceDetector:
    """BlazeFace short range.

    The image is shrunk to 128 x 128 with its proportions kept; the network sees faces from about a fifth of
    the longer side. If there is none, overlapping squares of the image's shorter side, then of half of it,
    are searched: small faces in wide frames (2040 x 1088) are found there.

    Args:
        models: Files of the networks. Defaults to None: :func:`find_face_models`.
        min_score: Least probability of a face. Defaults to 0.5.
        nms_iou: Overlap from which a weaker box is merged into a stronger one. Defaults to 0.3.
    """

    def __init__(
        self, models: FaceModelPaths | None = None, min_score: float = 0.5, nms_iou: float = 0.3
    ) -> None:
        self.min_score = min_score
        self.nms_iou = nms_iou
        self._net = read_network((models or find_face_models()).detector)
        self._anchors = blazeface_anchors()

    def detect(self, image: np.ndarray) -> list[FaceDetection]:
        """Find the faces of an image.

        Args:
            image: (H, W, 3) RGB or (H, W) grey, uint8.

        Returns:
            The faces, best first.
        """
        return [self._looked_at_closely(image, face) for face in self._search(image)]

    def best_score(self, image: np.ndarray) -> float:
        """Score of the best face that one look at an image finds, 0 if there is none or the image is tiny."""
        if min(image.shape[:2]) < _LEAST_SIDE:
            return 0.0
        return max((face.score for face in self._detect_once(image)), default=0.0)

    def _search(self, image: np.ndarray) -> list[FaceDetection]:
        if faces := self._detect_once(image):
            return faces
        shorter = min(image.shape[:2])
        for side in (shorter, shorter // 2):
            if side < _SIZE or side == max(image.shape[:2]):
                continue
            found = [
                _shifted(face, left, top)
                for top in _tile_starts(image.shape[0], side)
                for left in _tile_starts(image.shape[1], side)
                for face in self._detect_once(image[top : top + side, left : left + side])
            ]
            if found:
                boxes = np.stack([face.box for face in found])
                scores = np.array([face.score for face in found])
                return [found[group[0]] for group in _overlap_groups(boxes, scores, self.nms_iou)]
        return []

    def _looked_at_closely(self, image: np.ndarray, face: FaceDetection) -> FaceDetection:
        """Detect a small face once more in a square of three times its size, for better keypoints."""
        side = round(3 * float(np.max(face.box[2:] - face.box[:2])))
        if side > 0.6 * max(image.shape[:2]):
            return face
        left, top = (max(round(float(middle) - side / 2), 0) for middle in face.center)
        found = self._detect_once(image[top : top + side, left : left + side])
        closer = [_shifted(other, left, top) for other in found]
        return min(closer, key=lambda other: float(np.hypot(*(other.center - face.center))), default=face)

    def _detect_once(self, image: np.ndarray) -> list[FaceDetection]:
        height, width = image.shape[:2]
        scale = _SIZE / max(height, width)
        left, top = (_SIZE - width * scale) / 2, (_SIZE - height * scale) / 2
        boxes, keypoints, scores = self._forward(as_rgb(_letterbox(image, scale, left, top)))
        keep = scores >= self.min_score
        boxes, keypoints, scores = boxes[keep], keypoints[keep], scores[keep]
        offset = np.array([left, top], dtype=np.float32)
        faces = []
        for group in _overlap_groups(boxes, scores, self.nms_iou):
            weight = scores[group] / scores[group].sum()
            box = (np.tensordot(weight, boxes[group], 1).reshape(2, 2) - offset) / scale
            points = (np.tensordot(weight, keypoints[group], 1) - offset) / scale
            faces.append(
                FaceDetection(
                    box.reshape(4).astype(np.float32), points.astype(np.float32), float(scores[group].max())
                )
            )
        return faces

    def _forward(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Boxes (896, 4), keypoints (896, 6, 2) in pixels of the 128 x 128 input, probabilities (896,)."""
        blob = image.astype(np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
        self._net.setInput(np.ascontiguousarray(blob))
        regressors, logits = self._net.forward(_OUTPUTS)
        raw = regressors.reshape(-1, 16)
        points = raw.reshape(-1, 8, 2)
        anchors = self._anchors * _SIZE
        center, size = points[:, 0] + anchors, points[:, 1]
        boxes = np.concatenate([center - size / 2, center + size / 2], axis=1)
        scores = 1 / (1 + np.exp(-np.clip(logits.reshape(-1).astype(np.float64), -100, 100)))
        return boxes, points[:, 2:] + anchors[:, None], scores


def _tile_starts(length: int, side: int) -> list[int]:
    """Starts of half-overlapping tiles that cover a length."""
    steps = max(int(np.ceil((length - side) / (side / 2))), 0)
    return [round(i * (length - side) / steps) for i in range(steps + 1)] if steps else [0]


def _shifted(face: FaceDetection, left: int, top: int) -> FaceDetection:
    offset = np.array([left, top], dtype=np.float32)
    return FaceDetection(face.box + np.tile(offset, 2), face.keypoints + offset, face.score)


def _letterbox(image: np.ndarray, scale: float, left: float, top: float) -> np.ndarray:
    """Shrink into the middle of a black square; the shrinking averages, so that large frames don't alias."""
    height, width = image.shape[:2]
    if scale < 0.5:
        factor = 1 / (scale * 2)
        image = cv2.resize(
            image, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA
        )
    step_x, step_y = width / image.shape[1], height / image.shape[0]
    matrix = np.array(
        [
            [scale * step_x, 0, left + scale * step_x / 2 - 0.5],
            [0, scale * step_y, top + scale * step_y / 2 - 0.5],
        ],
        dtype=np.float64,
    )
    return cv2.warpAffine(image, matrix, (_SIZE, _SIZE), flags=cv2.INTER_LINEAR)


def _overlap_groups(boxes: np.ndarray, scores: np.ndarray, iou: float) -> list[np.ndarray]:
    """Indices of the boxes that overlap each best remaining one: MediaPipe's weighted suppression."""
    order = np.argsort(-scores, kind='stable')
    area = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    groups = []
    while order.size:
        best = order[0]
        low = np.maximum(boxes[order, :2], boxes[best, :2])
        high = np.minimum(boxes[order, 2:], boxes[best, 2:])
        inter = np.prod(np.maximum(high - low, 0), axis=1)
        near = inter > iou * (area[order] + area[best] - inter)
        near[0] = True
        groups.append(order[near])
        order = order[~near]
    return groups


@dataclass(frozen=True)
class FaceDetection:
    """A face as the detector gives it, in pixels of the image.

    Attributes:
        box: (4,) float32: left, top, right, bottom.
        keypoints: (6, 2) float32: the person's right eye, left eye, nose tip, mouth centre, right ear, left
            ear.
        score: Probability of a face.
    """

    box: np.ndarray
    keypoints: np.ndarray
    score: float

    @property
    def center(self) -> np.ndarray:
        """(2,) middle of the box."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def area(self) -> float:
        """Area of the box in square pixels."""
        return float(np.prod(self.box[2:] - self.box[:2]))
