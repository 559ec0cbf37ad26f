// What `moodlens train --list-architectures` prints.

import { architectureFacts } from '../../../../core/nn/architectures/architecture-facts.js';
import { architectureNames, createArchitecture } from '../../../../core/nn/architectures/create-architecture.js';
import { describeArchitectures } from '../../../../pipeline/train/report/describe-architectures.js';

/** Expressions in FER2013; another number of classes changes only the last layer. */
const classes = 7;

/** Prints every architecture with its sizes and costs, as a table or as JSON. */
export function listArchitectures(json: boolean): void {
  const facts = architectureNames.map((name) => architectureFacts(createArchitecture(name, { classes })));
  if (json) {
    process.stdout.write(`${JSON.stringify(facts)}\n`);
    return;
  }
  process.stdout.write(describeArchitectures(facts));
}
