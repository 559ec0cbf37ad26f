// Which rule confirms expressions: the study case's, or the one that averages over time.
import type { WindowRule } from '../../../../core/live/confirmation-windows.js';
import type { LiveController } from '../../state/live-controller.js';
import { windowRule } from '../../state/live-state.js';

/** What an expression needs to be confirmed, by rule. */
export const confirmedBy: Readonly<Record<WindowRule, string>> = {
  original: 'Held by more than 60 % of the last 20 frames, else neutral',
  smooth: 'Most probable on average over the last half second, and clearly more so than the one before',
};

export function WindowChoice({ controller }: { controller: LiveController | null }) {
  return (
    <label class="window-choice">
      Confirmed
      <select
        class="select small"
        aria-label="How expressions are confirmed"
        title={confirmedBy[windowRule.value]}
        value={windowRule.value}
        onChange={({ currentTarget }) => controller?.useWindowRule(currentTarget.value as WindowRule)}
      >
        <option value="smooth">over time</option>
        <option value="original">by 20 frames</option>
      </select>
    </label>
  );
}
