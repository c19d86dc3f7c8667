"""A scanned page made ready to be read: the grain of the scanner smoothed, its lines turned level."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_STEP, _FINE = 0.25, 0.05  # degrees
_MOST = 5.0  # degrees that a page is turned by, at the most
_LEAST = 0.1  # a smaller angle is none
_LOOKED_AT = 1000  # pixels of a page's width that the angle is told by
_POINTS = 40_000  # dark pixels that are looked at
_DARK = 128
_GRAIN = 6  # shades of 256

Grey = NDArray[np.uint8]


def straightened(image: Any) -> Any:
    """Return a grey Pillow image without grain, and turned so that its lines are level."""
    from PIL import Image, ImageFilter

    if _is_grainy(np.asarray(image)):
        image = image.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.GaussianBlur(1))
    angle = skew(np.asarray(image))
    if abs(angle) < _LEAST:
        return image
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)


def skew(grey: Grey) -> float:
    """Return by how many degrees the lines of a page fall clockwise: the angle at which rows of ink are sharpest."""
    every = max(grey.shape[1] // _LOOKED_AT, 1)
    dark = np.argwhere(grey[::every, ::every] < _DARK).astype(np.float64)
    if len(dark) < 2:
        return 0.0
    ys, xs = dark[:: max(len(dark) // _POINTS, 1)].T
    coarse = max(np.arange(-_MOST, _MOST + _STEP, _STEP), key=lambda angle: _sharpness(ys, xs, angle))
    fine = np.arange(coarse - _STEP, coarse + _STEP, _FINE)
    return -float(max(fine, key=lambda angle: _sharpness(ys, xs, angle)))


def _sharpness(ys: NDArray[np.float64], xs: NDArray[np.float64], angle: float) -> float:
    """Return how uneven the ink is by height once the page is turned."""
    heights = ys + xs * np.tan(np.radians(angle))
    ink = np.bincount((heights - heights.min()).astype(np.int64)).astype(np.float64)
    return float(np.sum(np.diff(ink) ** 2))


def _is_grainy(grey: Grey) -> bool:
    """Return whether even the blank parts of a page are uneven: what a pixel differs by from those around it."""
    height, width = grey.shape
    part = grey[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4].astype(np.int16)
    lines = part[:-2] - 2 * part[1:-1] + part[2:]
    return bool(np.median(np.abs(lines[:, :-2] - 2 * lines[:, 1:-1] + lines[:, 2:])) >= _GRAIN)
