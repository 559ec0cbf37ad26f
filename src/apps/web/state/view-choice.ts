// Which view is shown; it is part of the address, for bookmarks and the Back button.
import { signal } from '@preact/signals';

export const viewNames = ['live', 'models', 'studies'] as const;
export type ViewName = (typeof viewNames)[number];

export const view = signal<ViewName>(fromAddress() ?? 'live');

/** Follows the address while the page is open. Links within a view do not change it. */
addEventListener('hashchange', () => {
  const named = fromAddress();
  if (named) view.value = named;
});

function fromAddress(): ViewName | undefined {
  const name = location.hash.slice(1);
  return viewNames.find((known) => known === name);
}
