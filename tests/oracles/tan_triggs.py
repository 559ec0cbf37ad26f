"""Writes src/core/image/fixtures/tan-triggs.json: Tan & Triggs's normalisation of small drawn pictures, by NumPy and SciPy.

Run with a Python that has them: python tests/oracles/tan_triggs.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

GAMMA, INNER, OUTER, ALPHA, LIMIT = 0.2, 1, 2, 0.1, 10


def normalise(picture):
    light = (picture / 255.0) ** GAMMA
    blurred = [gaussian_filter(light, sigma, mode="nearest", truncate=4) for sigma in (INNER, OUTER)]
    texture = blurred[0] - blurred[1]
    texture /= np.mean(np.abs(texture) ** ALPHA) ** (1 / ALPHA)
    texture /= np.mean(np.minimum(LIMIT, np.abs(texture)) ** ALPHA) ** (1 / ALPHA)
    return 127.5 + 127.5 * np.tanh(texture / LIMIT)


def draw(width, height, seed):
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = 120 + 60 * np.sin(x / (2 + seed)) + 50 * np.cos(y / 3)
    return np.clip(waves + random.normal(0, 10, (height, width)), 0, 255).astype(np.uint8)


cases = []
for seed, (width, height) in enumerate([(24, 20), (9, 31), (16, 16)]):
    picture = draw(width, height, seed)
    expected = [round(float(value), 6) for value in normalise(picture).ravel()]
    cases.append({"width": width, "height": height, "data": picture.ravel().tolist(), "expected": expected})

target = Path(__file__).parents[2] / "src/core/image/fixtures/tan-triggs.json"
target.write_text(json.dumps({"cases": cases}) + "\n")
