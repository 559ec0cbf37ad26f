// A table of figures as data: pages (`tableHtml`), terminals (`tableLines`) and Markdown show the same one.

export interface ReportTable {
  readonly columns: readonly string[];
  /** The first cell of each row is its heading. */
  readonly rows: readonly (readonly string[])[];
}
