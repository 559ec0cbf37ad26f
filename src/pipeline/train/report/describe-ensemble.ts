import type { ModelMetadata } from '../../../core/model/model-metadata.js';

export interface BuiltEnsemble {
  readonly file: string;
  readonly members: number;
  readonly bytes: number;
  readonly metadata: Pick<ModelMetadata, 'parameters' | 'multiplyAdds'>;
}

/** A line about an ensemble's file, with its end. */
export function describeEnsemble({ file, members, bytes, metadata }: BuiltEnsemble): string {
  const { parameters, multiplyAdds } = metadata;
  return `${file}: the mean of ${members} models, ${parameters.toLocaleString('en')} parameters, ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds, ${(bytes / 1e6).toFixed(1)} MB\n`;
}
