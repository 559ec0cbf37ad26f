// The expression models that the moodlens server offers.
import { DeviceError } from '../../../core/errors.js';
import type { ShelfModel } from './models-state.js';

/** One entry of the server's list: names of files in its folder of models. */
interface ListedModel {
  readonly file: string;
  readonly name: string;
  readonly card: string | null;
  readonly evaluation: string | null;
}

/** In the server's order, the live view's model first. Throws DeviceError when the server does not answer with a list. */
export async function listServerModels(modelsUrl: string): Promise<ShelfModel[]> {
  const address = (name: string): string => new URL(name, modelsUrl).href;
  try {
    const response = await fetch(address('list.json'), { credentials: 'same-origin' });
    const listed = (await response.json()) as ListedModel[];
    return listed.map(({ file, name, card, evaluation }) => ({
      ...{ id: file, name, source: address(file) },
      card: card === null ? null : { url: address(card) },
      evaluation: evaluation === null ? null : address(evaluation),
    }));
  } catch (cause) {
    throw new DeviceError(
      'The list of models must come from the moodlens server, but it does not answer; start it again with `moodlens live` and reload the page.',
      { cause },
    );
  }
}

/** A card's Markdown; null when there is none, or it cannot be read. */
export async function readCard(card: ShelfModel['card']): Promise<string | null> {
  if (card === null) return null;
  if ('file' in card) return card.file.text().catch(() => null);
  const response = await fetch(card.url, { credentials: 'same-origin' }).catch(() => null);
  return response?.ok ? response.text() : null;
}
