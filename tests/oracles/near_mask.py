"""Writes src/core/detect/fixtures/near-mask.json: the study case's segmentation of a drawn depth picture by OpenCV.

    /usr/bin/python3 tests/oracles/near_mask.py > src/core/detect/fixtures/near-mask.json

Depth is eroded and dilated three times each with a 7 x 7 kernel, then compared. The mask is written as run lengths, row by row,
beginning with a run of 0.
"""
import json

import cv2
import numpy as np

WIDTH, HEIGHT, NEAR, FAR = 640, 96, 1000, 3000
rng = np.random.default_rng(7)
boxes = [[int(v) for v in (rng.integers(0, 620), rng.integers(0, 90), rng.integers(1, 60), rng.integers(1, 30))] for _ in range(26)]
values = [int(rng.choice([700, 1000, 1001, 0])) for _ in boxes]
depth = np.full((HEIGHT, WIDTH), FAR, np.uint16)
for (x, y, w, h), value in zip(boxes, values):
    depth[y : y + h, x : x + w] = value

measured = np.where(depth == 0, 65535, depth).astype(np.uint16)
kernel = np.ones((7, 7), np.uint8)
opened = cv2.dilate(cv2.erode(measured, kernel, iterations=3), kernel, iterations=3)
mask = (opened <= NEAR).astype(np.int8).ravel()
edges = np.flatnonzero(np.diff(np.concatenate([[0], mask])))
runs = np.diff(np.concatenate([[0], edges, [mask.size]]))
print(
    json.dumps(
        {
            "width": WIDTH,
            "height": HEIGHT,
            "nearMm": NEAR,
            "farMm": FAR,
            "boxes": [[*box, value] for box, value in zip(boxes, values)],
            "runs": [int(run) for run in runs],
        },
        separators=(",", ":"),
    )
)
