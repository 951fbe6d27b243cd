/** What a stage measured at one moment: rates a second and gauges, by AWS's metric names. */
export interface Point {
  /** Seconds since 1970. */
  at: number;
  values: Record<string, number>;
}
