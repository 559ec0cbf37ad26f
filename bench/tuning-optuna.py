# Optuna's half of bench/tuning.mjs: the same functions, trials and seeds. Prints a JSON line for each search, and one for the speed.
import json
import math
import sys
import time

import numpy as np
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)

HARTMANN_A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
HARTMANN_P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
HARTMANN_C = [1, 1.2, 3, 3.2]


def floats(trial, count, low, high):
    return [trial.suggest_float(f"x{i}", low, high) for i in range(count)]


def sphere(trial):
    return sum(x * x for x in floats(trial, 5, -5, 5))


def rosenbrock(trial):
    x = floats(trial, 4, -2, 2)
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def hartmann6(trial):
    x = floats(trial, 6, 0, 1)
    inner = [sum(a * (v - p) ** 2 for a, v, p in zip(row, x, place)) for row, place in zip(HARTMANN_A, HARTMANN_P)]
    return -sum(c * math.exp(-s) for c, s in zip(HARTMANN_C, inner))


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    bowl = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return bowl**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def mixed(trial):
    rate = trial.suggest_float("rate", 1e-5, 1, log=True)
    units = trial.suggest_int("units", 8, 512, log=True)
    layers = trial.suggest_int("layers", 1, 8)
    dropout = trial.suggest_float("dropout", 0, 0.8, step=0.1)
    kind = trial.suggest_categorical("kind", ["adam", "sgd", "rmsprop"])
    best = {"adam": -2.5, "sgd": -1, "rmsprop": -3}[kind]
    cost = {"adam": 0, "sgd": 0.15, "rmsprop": 0.3}[kind]
    return (
        cost
        + 0.3 * (math.log10(rate) - best) ** 2
        + 0.2 * (math.log2(units) - 7) ** 2
        + 0.05 * (layers - 4) ** 2
        + (dropout - 0.3) ** 2
    )


def noisy(trial):
    value = sphere(trial)
    trial.set_user_attr("true", value)
    return value + 2 * np.random.default_rng([trial.study.user_attrs["seed"], trial.number]).normal()


FUNCTIONS = {f.__name__: f for f in (sphere, rosenbrock, hartmann6, branin, mixed, noisy)}


def search(name, seed, trials):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.set_user_attr("seed", seed)
    begin = time.perf_counter()
    study.optimize(FUNCTIONS[name], n_trials=trials)
    best = study.best_trial
    value = best.user_attrs.get("true", best.value)
    return {"function": name, "seed": seed, "best": value, "seconds": time.perf_counter() - begin}


def proposal_milliseconds(trials, repeats, warm_up=20):
    """One proposal of `mixed`, with so many trials known."""
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
    study.sampler = optuna.samplers.RandomSampler(seed=1)
    study.optimize(mixed, n_trials=trials)
    study.sampler = optuna.samplers.TPESampler(seed=1)
    times = []
    for _ in range(warm_up + repeats):
        begin = time.perf_counter()
        trial = study.ask()
        value = mixed(trial)
        times.append(1000 * (time.perf_counter() - begin))
        study.tell(trial, value)
    return sorted(times[warm_up:])[repeats // 2]


trials, seeds, names = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")
for name in names:
    for seed in range(seeds):
        print(json.dumps(search(name, seed, trials)), flush=True)
print(json.dumps({"optuna": optuna.__version__, "proposalMs": proposal_milliseconds(1000, 21)}), flush=True)
