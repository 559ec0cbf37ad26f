// `--method`: whether people are known by a face embedding or by LBPH, and the embedding itself.
import { stat } from 'node:fs/promises';
import { Option } from 'commander';
import { openSession } from '../../../adapters/node/session.js';
import { shippedModel, shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { Sha256 } from '../../../core/bytes/sha256.js';
import { ConfigError } from '../../../core/errors.js';
import type { HashedEmbedding } from '../../../core/identity/embedded-people.js';
import { FaceEmbedding } from '../../../core/identity/embedding/face-embedding.js';
import { type PeopleMethod, peopleMethods } from '../../../pipeline/people/config.js';

const model = 'face-embedding.onnx';

/** Options of LBPH, and whether each was given. */
interface LbphChoices {
  readonly align?: boolean | undefined;
  readonly plain?: boolean | undefined;
}

export interface MethodChoices extends LbphChoices {
  readonly method?: PeopleMethod | undefined;
  readonly falseAccepts?: number | undefined;
}

/** `byDefault`: what applies without it, in words. */
export function methodOption(byDefault: string): Option {
  return new Option(
    '--method <name>',
    `embedding: a network that tells people apart in any light; lbph: local binary patterns, as OpenCV's recogniser (default: ${byDefault})`,
  ).choices(peopleMethods);
}

/** Throws ConfigError for options of the other method. */
export function requireMethodOptions(method: PeopleMethod, { align, plain, falseAccepts }: MethodChoices): void {
  if (method === 'embedding' && (align === false || plain)) {
    throw new ConfigError(
      `--${plain ? 'plain' : 'no-align'} is for LBPH, and people are known by an embedding here; add --method lbph`,
    );
  }
  if (method === 'lbph' && falseAccepts !== undefined) {
    throw new ConfigError(
      "--false-accepts is for embeddings, and people are known by LBPH here, whose threshold is the gallery's; leave it out, or add --method embedding",
    );
  }
}

/** The embedding where its model is at hand and nothing asks for LBPH. */
export async function usualMethod({ align, plain }: LbphChoices): Promise<PeopleMethod> {
  if (align === false || plain) return 'lbph';
  const found = await stat(shippedModelPath(model)).catch(() => undefined);
  return found?.isFile() ? 'embedding' : 'lbph';
}

/** The shipped embedding; release it when done. Throws ModelFormatError when it is missing or damaged. */
export async function openEmbedding(): Promise<HashedEmbedding & { release(): Promise<void> }> {
  const bytes = await shippedModel(model);
  const embedding = await FaceEmbedding.open(bytes, openSession);
  return { embedding, hash: new Sha256().update(bytes).hex(), release: () => embedding.release() };
}
