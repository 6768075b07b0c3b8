import type { qrsSwitches } from './qrs-switches.ts'

/** What QRS answers when it refuses: a text alone, with no JSON around it. */
export interface QrsRefusal {
  readonly status: number
  readonly text: string
  /** What the emulator adds for the record of requests; Qlik says no more than the text. */
  readonly detail?: string
  /** Another entity has a value that only one may have: its status is a switch. */
  readonly isDuplicate?: true
  /** The switch without which there would be no refusal. */
  readonly decidedBy?: keyof typeof qrsSwitches | undefined
  /** The switches that decide what the answer looks like. */
  readonly shapedBy?: readonly (keyof typeof qrsSwitches)[]
}

/** The texts that public material shows; of the others no source has the words. */
export const qrsTexts = {
  missingParameter: 'Missing parameter value(s)',
  cannotParse: (expression: string) => `Cannot parse the expression: ${expression}`,
} as const

export function badRequest(text: string): QrsRefusal {
  return { status: 400, text }
}

export function duplicate(text: string): QrsRefusal {
  return { ...badRequest(text), isDuplicate: true }
}

export function forbidden(detail: string): QrsRefusal {
  return { status: 403, text: 'Forbidden', detail }
}

export function notFound(detail: string): QrsRefusal {
  return { status: 404, text: 'Not Found', detail }
}

export function isRefusal(value: object): value is QrsRefusal {
  return 'status' in value && 'text' in value
}
