/** What a ready-made request was answered. */
export interface Shown {
  readonly method: string
  readonly path: string
  /** Whether the tenant refused by its own rules, or a fault answered in its place. */
  readonly by: 'rules' | 'fault'
  readonly status: number
  readonly retryAfter?: string
  readonly body: unknown
}
