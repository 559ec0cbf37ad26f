// A log that several processes append to and read: a file, or Redis.

/** One entry, as Optuna's journals hold them: `op_code`, `worker_id` and what the operation needs. */
export type JournalRecord = { readonly op_code: number; readonly worker_id: string } & Readonly<
  Record<string, unknown>
>;

export interface Journal {
  /** Who writes here; no other writer has the same. */
  readonly workerId: string;
  /** The time that records are stamped with: ISO 8601 with an offset, or null where there is no clock. */
  now(): string | null;
  /** Appends all, in this order and with nothing between; they are kept when the promise settles. */
  append(records: readonly JournalRecord[]): Promise<void>;
  /**
   * As `append`, if the journal still has `count` entries. Where another writer was quicker it appends nothing and gives false:
   * read what is new, and decide again.
   */
  appendAt(count: number, records: readonly JournalRecord[]): Promise<boolean>;
  /** The entries from number `from` (0 is the first) to the newest whole one. Nothing is known of what they hold. */
  read(from: number): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
