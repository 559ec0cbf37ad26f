// `--window` for the commands that run the live pipeline or open its page.
import { Option } from 'commander';
import { defaultWindowRule, windowRules } from '../../../core/live/confirmation-windows.js';

/** How expressions are confirmed. */
export function windowOption(): Option {
  return new Option(
    '--window <rule>',
    "smooth: the probabilities' average over time, with hysteresis; original: the study case's rule, more than 60 % of the last 20 frames, else neutral",
  )
    .choices(windowRules)
    .default(defaultWindowRule);
}
