# Writes src/core/tuning/fixtures/optuna.json: Optuna's Parzen estimators (weights, centres, bandwidths, log densities), its split of
# trials into good and other ones, and what its pruners decide. Needs optuna 5.0.
# Run: python tests/oracles/tuning.py
import json
import math
import pathlib

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_weights
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.RandomState(7)

SPACE = {
    "real": FloatDistribution(-3.0, 5.0),
    "rate": FloatDistribution(1e-5, 1e-1, log=True),
    "tenths": FloatDistribution(0.0, 0.9, step=0.1),
    "units": IntDistribution(4, 300, log=True),
    "layers": IntDistribution(1, 9, step=2),
    "kind": CategoricalDistribution(["a", "b", "c"]),
}


def draw(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return int(rng.randint(len(distribution.choices)))
    if distribution.log:
        value = math.exp(rng.uniform(math.log(distribution.low), math.log(distribution.high)))
    else:
        value = rng.uniform(distribution.low, distribution.high)
    if distribution.step is None:
        return value
    steps = round((value - distribution.low) / distribution.step)
    return min(distribution.low + steps * distribution.step, distribution.high)


def estimator(count, names):
    space = {name: SPACE[name] for name in names}
    observations = {name: np.array([draw(d) for _ in range(count)], dtype=float) for name, d in space.items()}
    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    estimate = _ParzenEstimator(observations, space, parameters)
    points = {name: np.array([draw(d) for _ in range(5)], dtype=float) for name, d in space.items()}
    mixture = estimate._mixture_distribution
    return {
        "space": {name: distribution_to_json(d) for name, d in space.items()},
        "observations": [observations[name].tolist() for name in names],
        "points": [[points[name][i] for name in names] for i in range(5)],
        "weights": mixture.weights.tolist(),
        "centres": [getattr(d, "mu", np.array([])).tolist() for d in mixture.distributions],
        "bandwidths": [getattr(d, "sigma", np.array([])).tolist() for d in mixture.distributions],
        "logDensities": estimate.log_pdf(points).tolist(),
    }


def reports(length, level, with_nan):
    values = {step: level + rng.normal() for step in range(length)}
    if with_nan and length > 2:
        values[int(rng.randint(length))] = float("nan")
    return values


def history(count, direction, with_nan=False):
    study = optuna.create_study(direction=direction, study_name="history")
    for i in range(count):
        length = int(rng.randint(1, 30))
        kind = (TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)[rng.randint(4)]
        values = reports(length, rng.normal(), with_nan)
        value = values[length - 1]
        if kind == TrialState.COMPLETE and math.isnan(value):
            value = 0.0
        study.add_trial(
            create_trial(
                state=kind,
                value=value if kind == TrialState.COMPLETE else None,
                intermediate_values=values,
                params={"x": float(i)},
                distributions={"x": FloatDistribution(0, 1000)},
            )
        )
    return study


def plain(trial):
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "value": trial.value,
        "reports": [[step, None if math.isnan(v) else v] for step, v in trial.intermediate_values.items()],
    }


def split(direction):
    study = history(60, direction, with_nan=True)
    trials = [t for t in study.trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]
    n = min(math.ceil(0.1 * len(trials)), 25)
    below, _ = _split_trials(study, trials, n)
    few = [t for t in trials if t.state == TrialState.PRUNED] + [t for t in trials if t.state == TrialState.COMPLETE][:2]
    few_below, _ = _split_trials(study, few, math.ceil(0.1 * len(few)))
    return [
        {"direction": direction, "trials": [plain(t) for t in trials], "good": [t.number for t in below]},
        {"direction": direction, "trials": [plain(t) for t in few], "good": [t.number for t in few_below]},
    ]


PRUNERS = {
    "median": lambda: optuna.pruners.MedianPruner(),
    "median-late": lambda: optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=4, interval_steps=3, n_min_trials=2),
    "percentile": lambda: optuna.pruners.PercentilePruner(25.0),
    "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
    "halving-early": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2, min_early_stopping_rate=1, bootstrap_count=2),
    "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=27, reduction_factor=3),
    "patient": lambda: optuna.pruners.PatientPruner(optuna.pruners.MedianPruner(n_startup_trials=3), patience=2),
    "patient-alone": lambda: optuna.pruners.PatientPruner(None, patience=14, min_delta=0.1),
}


def pruned_study(name, direction):
    """Trials one after the other, each told to stop where the pruner says so; a decision for each report."""
    study = optuna.create_study(direction=direction, study_name="history", pruner=PRUNERS[name]())
    trials = []
    for _ in range(40):
        trial = study.ask()
        level, decisions, values = rng.normal(), [], []
        for step in range(27):
            value = level + 0.3 * rng.normal() if rng.rand() > 0.02 else float("nan")
            trial.report(value, step)
            values.append(None if math.isnan(value) else value)
            decisions.append(bool(trial.should_prune()))
            if decisions[-1]:
                break
        if decisions[-1]:
            study.tell(trial, state=TrialState.PRUNED)
        else:
            study.tell(trial, level)
        trials.append({"reports": values, "decisions": decisions, "value": None if decisions[-1] else level})
    return {"pruner": name, "direction": direction, "trials": trials}


def importances(direction):
    """Of a study with every kind of parameter, one of which only some trials have."""
    study = optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler(seed=3))

    def objective(trial):
        values = {name: trial._suggest(name, d) for name, d in SPACE.items()}
        extra = trial.suggest_float("extra", 0, 1) if values["kind"] == "b" else 0
        loss = (math.log10(values["rate"]) + 3) ** 2 + 0.2 * values["real"] + (values["kind"] == "a") + extra
        return loss + 0.01 * values["layers"] if direction == "minimize" else -loss

    study.optimize(objective, n_trials=80)
    trials = [
        {
            "value": t.value,
            "params": t.params,
            "distributions": {name: distribution_to_json(d) for name, d in t.distributions.items()},
        }
        for t in study.trials
    ]
    return {"direction": direction, "trials": trials, "importances": optuna.importance.get_param_importances(study)}


fixture = {
    "importances": [importances("minimize"), importances("maximize")],
    "optuna": optuna.__version__,
    "estimators": [
        estimator(0, ["real", "kind"]),
        estimator(1, ["real", "units"]),
        estimator(2, ["rate"]),
        # Repeated values would leave the order of their kernels to NumPy's sort: stepped parameters have few observations here.
        estimator(3, ["real", "rate", "kind"]),
        estimator(40, ["real", "rate", "kind"]),
        estimator(120, ["rate", "real"]),
    ]
    + [estimator(count, [name]) for name in ("tenths", "layers", "units") for count in (1, 2, 3)],
    "splits": split("minimize") + split("maximize"),
    "studies": [pruned_study(name, direction) for name in PRUNERS for direction in ("minimize", "maximize")],
}
path = pathlib.Path(__file__).parents[2] / "src/core/tuning/fixtures/optuna.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(fixture) + "\n")
