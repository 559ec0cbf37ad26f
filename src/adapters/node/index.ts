// The public entry `moodlens/node`: files, pictures, models and sessions on this machine.
export { createFolderStore, writeFileAtomic } from './files.js';
export { openSession } from './session.js';
export { type ShippedModelName, shippedModel, shippedModelPath } from './shipped-models.js';
export { type ProgressStream, type TerminalProgressOptions, terminalProgress } from './terminal-progress.js';
