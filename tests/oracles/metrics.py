# Writes src/core/metrics/fixtures/scikit-learn.json: figures by scikit-learn (and Wilson's interval by statsmodels' formula in
# float64) on random predictions. Needs numpy and scikit-learn >= 1.7. Run: python tests/oracles/metrics.py
import json
import pathlib

import numpy as np
import sklearn
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


out = {
    "scikitLearn": sklearn.__version__,
    "cases": [
        case("seven classes", 1, 200, 7, 1.5),
        case("three classes", 2, 60, 3, 0.7),
        case("sure of itself", 3, 80, 7, 8.0),
        case("classes that never occur", 4, 60, 7, 1.0, [0, 2, 5]),
    ],
    "wilson": [wilson(2370, 3589), wilson(1, 10), wilson(9, 10), wilson(50, 100)],
}
path = pathlib.Path(__file__).parents[2] / "src/core/metrics/fixtures/scikit-learn.json"
path.write_text(json.dumps(out) + "\n")
