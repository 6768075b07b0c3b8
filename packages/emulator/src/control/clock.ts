import { emulatorError } from '../errors.ts'

/** Beyond them a session's end or a signed date could not be written. */
const [earliest, latest] = [Date.UTC(1970, 0), Date.UTC(9999, 0)]

function checkTime(timeMs: number): number {
  if (timeMs >= earliest && timeMs < latest) return timeMs
  throw emulatorError('ERR_EMULATOR_CLOCK', { what: 'it stays within the years 1970 to 9998' })
}

/** The emulator's time: real until a test moves it. */
export interface EmulatorClock {
  /** The time that tokens and sessions are checked against. */
  now(): Date
  /** Moves the time forward; a running clock runs on from there. */
  advance(seconds: number): void
  /** Stops the clock at a date: from then on only `advance` and `set` move it. */
  set(date: Date): void
  /** Goes back to real time. */
  reset(): void
  /** Calls a listener after each move, so that sessions whose time is over end at once; gives what ends that. */
  onMove(listener: () => void): () => void
}

/**
 * Makes the clock of one emulator.
 *
 * @param realNow where real time comes from; `() => new Date()` when omitted
 */
export function createClock(realNow: () => Date = () => new Date()): EmulatorClock {
  const listeners = new Set<() => void>()
  let stoppedAt: number | undefined
  let offsetMs = 0
  const moved = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    now: () => new Date(stoppedAt ?? realNow().getTime() + offsetMs),
    advance(seconds) {
      if (!Number.isFinite(seconds) || seconds < 0)
        throw emulatorError('ERR_EMULATOR_CLOCK', { what: `${seconds} is not a number of seconds` })
      const ms = seconds * 1000
      checkTime((stoppedAt ?? realNow().getTime() + offsetMs) + ms)
      if (stoppedAt === undefined) offsetMs += ms
      else stoppedAt += ms
      moved()
    },
    set(date) {
      const time = date.getTime()
      if (Number.isNaN(time))
        throw emulatorError('ERR_EMULATOR_CLOCK', { what: 'it is not a valid date' })
      stoppedAt = checkTime(time)
      moved()
    },
    reset() {
      stoppedAt = undefined
      offsetMs = 0
      moved()
    },
    onMove(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Whole seconds since 1970, as tokens count them. */
export function toEpochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
