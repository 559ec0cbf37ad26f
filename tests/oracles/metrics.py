# Writes src/core/metrics/fixtures/scikit-learn.json: figures by scikit-learn on random predictions; Wilson's interval
# by its formula in float64; McNemar's test and temperatures by scipy. Needs numpy, scipy and scikit-learn >= 1.7.
# Run: python tests/oracles/metrics.py
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from scipy.stats import binom
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)


def calibration_error(truth, probabilities, bins=15):
    """Guo et al. 2017, as in their temperature_scaling repository."""
    confidence, predicted = probabilities.max(1), probabilities.argmax(1)
    error = 0.0
    edges = np.linspace(0, 1, bins + 1)
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += abs((predicted == truth)[inside].mean() - confidence[inside].mean()) * inside.mean()
    return error


def temperature(truth, probabilities):
    """The T of softmax(log p / T) with the least log loss."""
    logits = np.log(np.maximum(probabilities, 2.0**-126))
    rows = np.arange(len(truth))

    def loss(log_t):
        return -log_softmax(logits / np.exp(log_t), axis=1)[rows, truth].mean()

    found = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded", options={"xatol": 1e-10})
    return [float(np.exp(found.x)), float(found.fun)]


def reliability(truth, probabilities):
    """Accuracy and mean confidence of the bins that hold samples."""
    hit = (probabilities.argmax(1) == truth).astype(int)
    accuracy, confidence = calibration_curve(hit, probabilities.max(1), n_bins=15)
    return {"accuracy": accuracy.tolist(), "confidence": confidence.tolist()}


def case(name, seed, n, classes, sharpness, present=None):
    rng = np.random.default_rng(seed)
    truth = rng.choice(present if present is not None else classes, n)
    logits = rng.normal(size=(n, classes)) * sharpness
    logits[np.arange(n), truth] += sharpness
    if present is not None:
        logits[:, [c for c in range(classes) if c not in present]] = -50
    probabilities = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = (probabilities / probabilities.sum(1, keepdims=True)).astype(np.float32)
    exact = probabilities.astype(np.float64)
    predicted = probabilities.argmax(1)
    labels = list(range(classes))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": [float(f"{p:.9g}") for p in probabilities.ravel()],
        "expected": {
            "accuracy": accuracy_score(truth, predicted),
            "macroF1": f1_score(truth, predicted, average="macro"),
            "balancedAccuracy": balanced_accuracy_score(truth, predicted),
            "top2": top_k_accuracy_score(truth, exact, k=2, labels=labels),
            "nll": log_loss(truth, probabilities, labels=labels),
            "brier": brier_score_loss(truth, exact, labels=labels, scale_by_half=False),
            "ece": calibration_error(truth, exact),
            "confusionMatrix": confusion_matrix(truth, predicted, labels=labels).tolist(),
            "confusionShares": confusion_matrix(truth, predicted, labels=labels, normalize="true").tolist(),
            "reliability": reliability(truth, exact),
            "temperature": temperature(truth, exact),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": support.tolist(),
        },
    }


def wilson(successes, n):
    z = 1.959963984540054
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [successes, n, centre - half, centre + half]


def f1_interval(hits, union):
    """Lam, Gopal & Qian 2024: Wilson's interval of F* = hits / union, as F1 = 2 F* / (1 + F*)."""
    _, _, low, high = wilson(hits, union)
    return [hits, union, 2 * low / (1 + low), 2 * high / (1 + high)]


def mcnemar(b, c):
    """Fagerland, Lydersen & Laake 2013."""
    smaller = min(b, c)
    if b == c:
        return [b, c, float(1 - 0.5 * binom.pmf(b, b + c, 0.5))]
    return [b, c, float(2 * binom.cdf(smaller, b + c, 0.5) - binom.pmf(smaller, b + c, 0.5))]


out = {
    "scikitLearn": sklearn.__version__,
    "scipy": scipy.__version__,
    "cases": [
        case("seven classes", 1, 200, 7, 1.5),
        case("three classes", 2, 60, 3, 0.7),
        case("sure of itself", 3, 80, 7, 8.0),
        case("classes that never occur", 4, 60, 7, 1.0, [0, 2, 5]),
    ],
    "wilson": [wilson(2370, 3589), wilson(1, 10), wilson(9, 10), wilson(50, 100)],
    "f1Interval": [f1_interval(7, 11), f1_interval(0, 4), f1_interval(500, 900)],
    "mcNemar": [mcnemar(b, c) for b, c in [(1, 7), (7, 1), (5, 5), (0, 3), (210, 160), (900, 870), (0, 2000)]],
}
path = pathlib.Path(__file__).parents[2] / "src/core/metrics/fixtures/scikit-learn.json"
path.write_text(json.dumps(out) + "\n")
