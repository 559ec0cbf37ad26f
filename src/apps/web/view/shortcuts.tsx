// The keyboard shortcuts, which can be switched off, and the dialog that lists them.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LiveController } from '../state/live-controller.js';
import { view } from '../state/view-choice.js';

const storageKey = 'moodlens.single-keys';

const areOn = signal(readSetting());

const list: readonly (readonly [key: string, does: string])[] = [
  ['C', 'Use the camera'],
  ['V', 'Choose a video file'],
  ['S', 'Watch the sample'],
  ['Space', 'Pause or play'],
  ['M', 'Mirror the picture'],
  ['E', 'Enrol: go to the name'],
  ['Esc', 'Cancel the enrolment'],
  ['1, 2, 3', 'Live, Models, Studies'],
  ['?', 'This list'],
];

function readSetting(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

function keepSetting(isOn: boolean): void {
  areOn.value = isOn;
  try {
    localStorage.setItem(storageKey, isOn ? 'on' : 'off');
  } catch {
    // Without storage the choice holds until the page is closed.
  }
}

/** Listens for the keys while the page is open. Keys typed into a field or on a button stay theirs. */
export function useShortcuts(controller: LiveController | null, openDialog: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      if (event.key === 'Escape') {
        controller?.cancelEnrolment();
        return;
      }
      // The focus can stay for a moment in the dialog that has just closed: its checkbox is not being typed into.
      const focused = event.target as HTMLElement;
      const target = focused.closest('dialog') === null ? focused : document.body;
      if (!areOn.value || target.matches('input, select, textarea')) return;
      if (event.key === ' ' && target.matches('button, label, a')) return;
      const action = actions(controller, openDialog)[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [controller, openDialog]);
}

function actions(controller: LiveController | null, openDialog: () => void): Record<string, () => void> {
  const general = {
    '1': () => goTo('live'),
    '2': () => goTo('models'),
    '3': () => goTo('studies'),
    '?': openDialog,
  };
  if (view.value !== 'live') return general;
  return {
    ...general,
    c: () => void controller?.useCamera(),
    v: () => document.getElementById('video-file')?.click(),
    s: () => void controller?.useSample(),
    ' ': () => controller?.togglePause(),
    m: () => controller?.toggleMirror(),
    e: () => document.getElementById('enrol-name')?.focus(),
  };
}

function goTo(name: typeof view.value): void {
  location.hash = `#${name}`;
}

export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="shortcuts-title" onClose={onClose}>
      <h2 id="shortcuts-title">Keys</h2>
      <dl class="keys">
        {list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={areOn.value}
          onChange={({ currentTarget }) => keepSetting(currentTarget.checked)}
        />
        Single keys are on
      </label>
      <form method="dialog">
        <button type="submit" class="button primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
