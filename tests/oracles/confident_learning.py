# Writes src/core/dataset/audit/fixtures/confident-learning.json: confident learning as in Northcutt, Jiang & Chuang 2021 (equations
# 1 and 2, pruning by noise rate), in float64 on labels with known noise. Written from the paper in terms of whole arrays, without
# looking at our own program; where the paper leaves a choice (rounding, ties, samples that the model gives to their own label), the
# choice is the one that our documentation names. Needs numpy. Run: python tests/oracles/confident_learning.py
import json
import pathlib

import numpy as np


def confident_learning(labels, p):
    n, classes = p.shape
    given = labels[:, None] == np.arange(classes)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        thresholds = np.where(given.any(0), (p * given).sum(0) / given.sum(0), np.inf)
    reached = np.where(p >= thresholds, p, -1.0)
    confident = reached.max(1) >= 0
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels[confident], reached.argmax(1)[confident]), 1)

    of_label = given.sum(0)
    totals = counts.sum(1)
    calibrated = np.where(totals[:, None] > 0, counts / np.maximum(totals, 1)[:, None], np.eye(classes))
    joint = calibrated * of_label[:, None] / n

    wrong = np.zeros(n, bool)
    for i in range(classes):
        members = np.flatnonzero(labels == i)
        for j in range(classes):
            prune = int(np.floor(n * joint[i, j] + 0.5))
            if i != j and prune > 0:
                margin = p[members, j] - p[members, i]
                wrong[members[np.argsort(-margin, kind="stable")[:prune]]] = True
    wrong &= p.argmax(1) != labels
    own = p[np.arange(n), labels]
    others = np.where(given, -np.inf, p).max(1)
    order = np.flatnonzero(wrong)
    order = order[np.argsort(own[order], kind="stable")]
    return {
        "thresholds": [None if np.isinf(t) else t for t in thresholds],
        "confidentCounts": counts.tolist(),
        "joint": joint.tolist(),
        "issues": [
            {"index": int(i), "suggested": int(p[i].argmax()), "selfConfidence": own[i], "margin": own[i] - others[i]}
            for i in order
        ],
    }


def case(name, seed, n, classes, sharpness, noise, present=None):
    """`noise[i][j]`: share of the samples of true class i that are labelled j."""
    rng = np.random.default_rng(seed)
    present = np.arange(classes) if present is None else np.array(present)
    truth = rng.choice(present, n)
    labels = np.array([rng.choice(classes, p=noise[t]) for t in truth])
    logits = rng.normal(size=(n, classes))
    logits[np.arange(n), truth] += sharpness
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    # Numbers that float32 holds too, so that both programs see the same ones.
    p = p.astype(np.float32).astype(np.float64)
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "truth": truth.tolist(),
        "probabilities": [float(f"{x:.9g}") for x in p.ravel()],
        "expected": confident_learning(labels, p),
    }


def pairwise(classes, share):
    """Each class is taken for the next one with this share."""
    return (1 - share) * np.eye(classes) + share * np.roll(np.eye(classes), 1, axis=1)


def even(classes, share):
    return (1 - share) * np.eye(classes) + share / (classes - 1) * (1 - np.eye(classes))


out = {
    "cases": [
        case("three classes, one taken for the next", 1, 240, 3, 3.0, pairwise(3, 0.2)),
        case("seven classes, any for any", 2, 420, 7, 3.5, even(7, 0.25)),
        case("an unsure model", 3, 150, 4, 0.8, even(4, 0.1)),
        case("no noise", 4, 90, 3, 6.0, even(3, 0.0)),
        case("a class that no sample is labelled", 5, 120, 4, 2.5, even(4, 0.0), [0, 1, 3]),
    ]
}
path = pathlib.Path(__file__).parents[2] / "src/core/dataset/audit/fixtures/confident-learning.json"
path.write_text(json.dumps(out) + "\n")
