// `--window` for the commands that run the live pipeline or open its page.
import { Option } from 'commander';
import { type WindowRule, windowRules } from '../../core/live/confirmation-windows.js';

/** How expressions are confirmed. */
export function windowOption(): Option {
  return new Option(
    '--window <rule>',
    "original: the study case's rule, more than 60 % of the last 20 frames, else neutral; smooth: the probabilities' average over time, with hysteresis",
  )
    .choices(windowRules)
    .default('original' satisfies WindowRule);
}
