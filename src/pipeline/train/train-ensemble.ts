// Trains the members of an ensemble one after the other, each a run of its own, and merges their models.
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import { ConfigError, RunError } from '../../core/errors.js';
import { buildEnsemble, type EnsembleMember } from '../../core/model/ensemble-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { chooseSamples } from './choose-samples.js';
import type { TrainConfig } from './config.js';
import { isEnsembleConfig, parseEnsembleConfig } from './ensemble-config.js';
import { prepareRun } from './prepare-run.js';
import { readRunConfig, readRunSplits, requireNoRun, runFiles } from './run-folder.js';
import { type TrainRequest, trainRun } from './train.js';

/** What a member needs besides its configuration: the files that the configuration names. */
export type MemberFiles = Pick<TrainRequest, 'votes' | 'teacher' | 'splits' | 'pretrained'>;

export interface EnsembleRequest extends Omit<TrainRequest, 'config' | keyof MemberFiles> {
  readonly members: readonly TrainConfig[];
  /** The folder of a member, inside that of the ensemble. */
  readonly memberStore: (name: string) => BlobStore;
  readonly readFiles: (config: TrainConfig) => Promise<MemberFiles>;
}

export interface EnsembleResult {
  readonly end: 'finished' | 'stopped';
  /** Those that are trained, in their order. */
  readonly members: readonly {
    readonly name: string;
    readonly architecture: string;
    readonly validationAccuracy: number | null;
  }[];
}

/**
 * Members that are trained already are left as they are, one that was stopped is resumed: so an ensemble continues from
 * wherever it was broken off. Throws RunError when the folder holds another run, or nothing to resume; ConfigError when the
 * members do not validate on the same samples, as the ensemble would then have none that no member was trained on.
 */
export async function trainEnsemble(request: EnsembleRequest): Promise<EnsembleResult> {
  const { members, store, name, progress } = request;
  await requireTrainable(request);
  if (request.resume) await requireSameMembers(store, members);
  else {
    for (const folder of [store, ...members.map((_, i) => request.memberStore(memberName(i)))])
      await requireNoRun(folder);
    await store.write(runFiles.ensemble, `${JSON.stringify({ ensemble: members }, null, 2)}\n`);
  }
  const trained: EnsembleMember[] = [];
  for (const [i, config] of members.entries()) {
    progress.note(`member ${i + 1} of ${members.length}: ${config.architecture}, seed ${config.seed}`);
    const model = await trainMember(request, config, memberName(i));
    if (model === undefined) return { end: 'stopped', members: trained.map(describe) };
    trained.push({ name: memberName(i), ...readExpressionModel(model) });
  }
  await store.write(runFiles.model, buildEnsemble(trained, name));
  return { end: 'finished', members: trained.map(describe) };
}

/** The folder of a member, by its place from 0. */
export const memberName = (index: number): string => `member-${index + 1}`;

function describe({ name, metadata }: EnsembleMember): EnsembleResult['members'][number] {
  const { architecture, metrics } = metadata;
  return { name, architecture, validationAccuracy: metrics['validationAccuracy'] ?? null };
}

/** The member's model file; undefined when it was stopped before there was one. */
async function trainMember(
  request: EnsembleRequest,
  config: TrainConfig,
  name: string,
): Promise<Uint8Array | undefined> {
  const { members: _, memberStore, readFiles, ...common } = request;
  const store = memberStore(name);
  const finished = await store.read(runFiles.model);
  if (finished !== undefined) {
    const begun = await readRunConfig(store).catch((error: unknown) => {
      if (!(error instanceof RunError)) throw error;
      throw new RunError(`${name} of the ensemble: ${error.message}`, { cause: error });
    });
    const isSame = JSON.stringify(begun) === JSON.stringify(config);
    if (isSame && readExpressionModel(finished).metadata.dataset === request.dataset.hash) return finished;
    throw new RunError(
      `an ensemble must be resumed with the dataset and the members that it began with, and ${name} was trained ${isSame ? 'on a dataset of another hash; give that --data' : 'with another configuration; start a new ensemble with --out'}`,
    );
  }
  if (request.shouldStop()) return undefined;
  const files = await readFiles(config);
  const resume = (await store.read(runFiles.run)) !== undefined;
  await trainRun({ ...common, ...files, config, store, resume, name: `${request.name}/${name}` });
  return store.read(runFiles.model);
}

/** What would be refused hours later, when a member's turn comes, is refused now: a missing file, a teacher that does not fit, other rows. */
async function requireTrainable({ dataset, members, memberStore, readFiles }: EnsembleRequest): Promise<void> {
  const validations: string[] = [];
  for (const [i, config] of members.entries()) {
    const [name, store] = [memberName(i), memberStore(memberName(i))];
    const isTrained = (await store.read(runFiles.model)) !== undefined;
    const files = isTrained ? { splits: await readRunSplits(store, config, dataset) } : await readFiles(config);
    validations.push(chooseSamples(dataset, config, files.splits).validation.join());
    if (!isTrained) prepareRun({ dataset, config, name, ...files });
  }
  const odd = validations.findIndex((samples) => samples !== validations[0]);
  if (odd === -1) return;
  throw new ConfigError(
    `the members of an ensemble must validate on the same samples, and those of member ${odd + 1} are not those of the first; for folds, give 'validation' a seed of its own`,
  );
}

/** The configurations that an ensemble was started with, as `parseEnsembleConfig` takes them. Undefined when the folder holds none. */
export async function readEnsembleConfig(store: BlobStore): Promise<object | undefined> {
  const bytes = await store.read(runFiles.ensemble);
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(bytes));
  } catch (cause) {
    throw new RunError(`${runFiles.ensemble} must be JSON and is damaged; start the ensemble again`, { cause });
  }
  if (typeof json === 'object' && json !== null && isEnsembleConfig(json)) return json;
  throw new RunError(`${runFiles.ensemble} must list the members and is damaged; start the ensemble again`);
}

async function requireSameMembers(store: BlobStore, members: readonly TrainConfig[]): Promise<void> {
  const saved = await readEnsembleConfig(store);
  if (saved === undefined) {
    throw new RunError(
      `the folder of an ensemble must hold ${runFiles.ensemble} and this one does not; start it with --out`,
    );
  }
  if (JSON.stringify(parseEnsembleConfig(saved)) === JSON.stringify(members)) return;
  throw new RunError(
    `an ensemble must be resumed with its own configuration (${runFiles.ensemble}), and this one is another; leave --config and --epochs out, or start a new one with --out`,
  );
}
