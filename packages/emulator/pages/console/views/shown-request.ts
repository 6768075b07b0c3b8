import type { Advice, RecordedRequest } from '../../../src/control/recorder.ts'

/** A request as the control API shows it. */
export interface ShownRequest extends RecordedRequest {
  readonly advice: readonly Advice[]
}
