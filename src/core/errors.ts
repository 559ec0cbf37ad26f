// Every error that moodlens raises on purpose: what must hold, what was found, what to do next.

/** Base class. `code` is stable and documented in docs/errors.md; the command line turns it into an exit code. */
export class MoodlensError extends Error {
  override name = 'MoodlensError';
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A configuration value or command-line option is not acceptable. Exit code 2. */
export class ConfigError extends MoodlensError {
  override name = 'ConfigError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('CONFIG', message, options);
  }
}

/** A dataset (CSV, folder, packed dataset) is broken, missing or empty. */
export class DatasetError extends MoodlensError {
  override name = 'DatasetError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('DATASET', message, options);
  }
}

/** A model file is not ONNX, is damaged, or lacks the metadata that moodlens writes. */
export class ModelFormatError extends MoodlensError {
  override name = 'ModelFormatError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('MODEL_FORMAT', message, options);
  }
}

/** A picture or video cannot be decoded, or has an unusable size. */
export class MediaError extends MoodlensError {
  override name = 'MediaError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('MEDIA', message, options);
  }
}

/** A people (LBPH) file or a folder of faces is not usable. */
export class PeopleError extends MoodlensError {
  override name = 'PeopleError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('PEOPLE', message, options);
  }
}

/** A camera, an execution provider or an external program (ffmpeg) is not there or failed. */
export class DeviceError extends MoodlensError {
  override name = 'DeviceError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('DEVICE', message, options);
  }
}

/** A file cannot be written: the disk is full or read-only, or the folder does not allow it. */
export class StorageError extends MoodlensError {
  override name = 'StorageError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('STORAGE', message, options);
  }
}

/** A run folder or checkpoint is damaged, or does not fit what it is resumed with, or its training diverges. */
export class RunError extends MoodlensError {
  override name = 'RunError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('RUN', message, options);
  }
}

/** A study or its journal is damaged, is not there, or does not fit what is asked of it. */
export class StudyError extends MoodlensError {
  override name = 'StudyError';
  constructor(message: string, options?: { cause?: unknown }) {
    super('STUDY', message, options);
  }
}
