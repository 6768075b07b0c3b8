/** Calls in the window that is running, of one user and tier. */
export interface RateCount {
  readonly windowStartMs: number
  calls: number
}
