import type { FaultEffect } from '../../../src/control/faults/fault.ts'

/** What a fault does, for the list of those that are on. */
export function wordsOf(effect: FaultEffect): string {
  switch (effect.kind) {
    case 'latency':
      return `waits ${effect.ms} ms`
    case 'rate-limit':
      return `429, Retry-After ${effect.retryAfterSeconds ?? 13}`
    case 'server-error':
      return `answers ${effect.status}`
    case 'documented-error':
      return `answers ${effect.error}`
    case 'close-socket':
      return `closes the socket with ${effect.closeCode}`
    case 'engine-error':
      return `answers ${effect.call ?? 'each engine call'} with ${effect.code}`
  }
}

/** What the form offers: what the one number of each kind means, and what it begins with. */
export const faultKinds = {
  latency: { label: 'Wait', unit: 'Milliseconds', first: 500 },
  'rate-limit': { label: 'Answer 429', unit: 'Seconds in Retry-After', first: 13 },
  'server-error': { label: 'Answer a server error', unit: 'Status, 500 to 599', first: 503 },
  'close-socket': { label: 'Close engine sockets', unit: 'Close code', first: 4003 },
  'engine-error': { label: 'Refuse engine calls', unit: 'Error code', first: 15 },
} as const

/** The effect that the form's fields describe; `engineCall` may be empty. */
export function toEffect(kind: string, number: number, engineCall: string): FaultEffect {
  if (kind === 'rate-limit') return { kind, retryAfterSeconds: number }
  if (kind === 'server-error') return { kind, status: number }
  if (kind === 'close-socket') return { kind, closeCode: number }
  if (kind === 'engine-error')
    return { kind, code: number, ...(engineCall === '' ? {} : { call: engineCall }) }
  return { kind: 'latency', ms: number }
}
