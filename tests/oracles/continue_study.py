# Continues a study with Optuna: `python continue_study.py JOURNAL TRIALS`, JOURNAL a file or redis://. Prints what Optuna sees then.
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
try:
    from optuna.storages.journal import JournalFileBackend, JournalRedisBackend
except ImportError:  # until version 3
    from optuna.storages import JournalFileStorage as JournalFileBackend
    from optuna.storages import JournalRedisStorage as JournalRedisBackend


def objective(trial):
    rate = trial.suggest_float("rate", 1e-4, 1, log=True)
    units = trial.suggest_int("units", 8, 256, log=True)
    dropout = trial.suggest_float("dropout", 0, 0.8, step=0.1)
    kind = trial.suggest_categorical("kind", ["adam", None, 2, True])
    trial.report(float("nan") if trial.number % 3 else rate, 1)
    if trial.number % 7 == 6:
        raise optuna.TrialPruned()
    return (math.log10(rate) + 2) ** 2 + (math.log2(units) - 6) ** 2 + dropout + (0 if kind == "adam" else 1)


path, count = sys.argv[1], int(sys.argv[2])
backend = JournalRedisBackend(path) if path.startswith("redis") else JournalFileBackend(path)
storage = optuna.storages.JournalStorage(backend)
study = optuna.create_study(study_name="shared", storage=storage, load_if_exists=True)
study.optimize(objective, n_trials=count)


def plain(trial):
    reports = {str(step): None if math.isnan(value) else value for step, value in trial.intermediate_values.items()}
    return {
        "state": trial.state.name,
        "value": trial.value,
        "params": trial.params,
        "reports": reports,
        "user": trial.user_attrs,
    }


print(json.dumps({"version": optuna.__version__, "trials": [plain(trial) for trial in study.trials]}))
