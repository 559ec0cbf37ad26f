// Which of the two views is shown; the address remembers it, so that it can be kept and gone back to.
import { signal } from '@preact/signals';

export type ViewName = 'live' | 'models';

export const view = signal<ViewName>(fromAddress() ?? 'live');

/** Follows the address while the page is open. Links within a view do not change it. */
addEventListener('hashchange', () => {
  const named = fromAddress();
  if (named) view.value = named;
});

function fromAddress(): ViewName | undefined {
  const name = location.hash.slice(1);
  return name === 'live' || name === 'models' ? name : undefined;
}
