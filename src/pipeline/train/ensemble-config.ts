// The configuration of an ensemble: a run's configuration, and under `ensemble` what each member has of its own.
import { z } from 'zod';
import { ConfigError } from '../../core/errors.js';
import { parseOptions } from '../parse-options.js';
import { parseTrainConfig, type TrainConfig } from './config.js';

const ensembleSchema = z.looseObject({
  ensemble: z.array(z.record(z.string(), z.unknown())).min(2).max(64),
});

/** True for the configuration of an ensemble, valid or not. */
export function isEnsembleConfig(json: object): boolean {
  return 'ensemble' in json;
}

/**
 * The members' configurations: each is the whole without `ensemble`, with the member's own keys in the place of its keys.
 * Throws ConfigError that names the member whose configuration is not valid, and when two are the same.
 */
export function parseEnsembleConfig(json: object): TrainConfig[] {
  const { ensemble, ...base } = parseOptions(
    ensembleSchema,
    json,
    "the configuration of an ensemble must list two or more members under 'ensemble'",
  );
  const members = ensemble.map((own, i) => {
    try {
      return parseTrainConfig({ ...base, ...own });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`member ${i + 1} of the ensemble: ${error.message}`, { cause: error });
    }
  });
  const texts = members.map((member) => JSON.stringify(member));
  texts.forEach((text, i) => {
    const twin = texts.indexOf(text);
    if (twin === i) return;
    throw new ConfigError(
      `the members of an ensemble must differ, and ${twin + 1} and ${i + 1} would be the same model; give them different seeds`,
    );
  });
  return members;
}
