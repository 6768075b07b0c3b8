import { emulatorError } from '../../errors.ts'
import type { Fault, FaultEffect } from './fault.ts'

function wrong(problem: string): never {
  throw emulatorError('ERR_EMULATOR_FAULT', { problem })
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
}

/** Close codes that a server may send: the three of RFC 6455 §7.4 that make sense here, and 3000 to 4999. */
export function checkCloseCode(code: unknown): number {
  if (isWhole(code, 3000, 4999) || code === 1000 || code === 1001 || code === 1011)
    return code as number
  return wrong('closeCode must be 1000, 1001, 1011 or from 3000 to 4999')
}

/** The reason of a close frame: 123 bytes at most (RFC 6455 §5.5). */
export function checkReason(reason: unknown): string {
  if (typeof reason === 'string' && new TextEncoder().encode(reason).length <= 123) return reason
  return wrong('reason must be a string of up to 123 bytes')
}

type Given = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function onlyMembers(given: Given, names: readonly string[], what: string): void {
  const other = Object.keys(given).find((name) => !names.includes(name))
  if (other !== undefined) wrong(`${what} has no member ${other}, only ${names.join(', ')}`)
}

function parseEngineError(given: Given): FaultEffect {
  onlyMembers(given, ['kind', 'code', 'message', 'call'], 'engine-error')
  const { code, message, call } = given
  if (!isWhole(code, -99_999, 99_999)) return wrong('code must be a whole number of up to 5 digits')
  if (message !== undefined && !(typeof message === 'string' && message.length <= 500))
    return wrong('message must be a string of up to 500 characters')
  if (call !== undefined && !(typeof call === 'string' && /^(?:[A-Z]\w*\.)?[A-Z]\w*$/.test(call)))
    return wrong('call must be written as GetLayout or GenericObject.GetLayout are')
  return {
    kind: 'engine-error',
    code,
    ...(message === undefined ? {} : { message }),
    ...(call === undefined ? {} : { call }),
  }
}

function parseEffect(given: unknown, errorIds: readonly string[]): FaultEffect {
  if (!isObject(given)) return wrong('effect must be an object with a kind')
  switch (given.kind) {
    case 'latency':
      onlyMembers(given, ['kind', 'ms'], 'latency')
      if (!isWhole(given.ms, 0, 600_000)) return wrong('ms must be a whole number from 0 to 600000')
      return { kind: 'latency', ms: given.ms }
    case 'rate-limit': {
      onlyMembers(given, ['kind', 'retryAfterSeconds'], 'rate-limit')
      const { retryAfterSeconds: seconds } = given
      if (seconds === undefined) return { kind: 'rate-limit' }
      if (!isWhole(seconds, 0, 86_400))
        return wrong('retryAfterSeconds must be a whole number from 0 to 86400')
      return { kind: 'rate-limit', retryAfterSeconds: seconds }
    }
    case 'server-error':
      onlyMembers(given, ['kind', 'status'], 'server-error')
      if (!isWhole(given.status, 500, 599)) return wrong('status must be from 500 to 599')
      return { kind: 'server-error', status: given.status }
    case 'documented-error': {
      onlyMembers(given, ['kind', 'error'], 'documented-error')
      const known = errorIds.find((id) => id === given.error)
      if (known === undefined) return wrong(`error must be one of ${errorIds.join(', ')}`)
      return { kind: 'documented-error', error: known }
    }
    case 'close-socket': {
      onlyMembers(given, ['kind', 'closeCode', 'reason', 'notification'], 'close-socket')
      const { reason, notification } = given
      const closeCode = checkCloseCode(given.closeCode)
      const isName = typeof notification === 'string' && /^On[A-Za-z]{1,60}$/.test(notification)
      if (notification !== undefined && !isName)
        return wrong('notification must be written as OnSessionTimedOut is')
      return {
        kind: 'close-socket',
        closeCode,
        ...(reason === undefined ? {} : { reason: checkReason(reason) }),
        ...(isName ? { notification } : {}),
      }
    }
    case 'engine-error':
      return parseEngineError(given)
    default:
      return wrong(
        'kind must be one of latency, rate-limit, server-error, documented-error, close-socket, engine-error',
      )
  }
}

/**
 * Checks one fault as it was given, member by member.
 *
 * @param errorIds the documented errors that a fault may name
 */
export function parseFault(given: unknown, errorIds: readonly string[]): Fault {
  if (!isObject(given)) return wrong('a fault must be an object with an effect')
  onlyMembers(given, ['effect', 'pathPrefix', 'method', 'times', 'probability'], 'a fault')
  const { pathPrefix, method, times, probability } = given
  if (pathPrefix !== undefined && !(typeof pathPrefix === 'string' && pathPrefix.startsWith('/')))
    return wrong('pathPrefix must begin with /')
  if (method !== undefined && !(typeof method === 'string' && /^[A-Z]{3,10}$/.test(method)))
    return wrong('method must be written as GET or POST are')
  if (times !== undefined && !isWhole(times, 1, 1_000_000))
    return wrong('times must be a whole number from 1 to 1000000')
  const effect = parseEffect(given.effect, errorIds)
  if (effect.kind === 'engine-error' && method !== undefined)
    return wrong('method is of HTTP; an engine-error takes call instead')
  if (
    probability !== undefined &&
    !(typeof probability === 'number' && probability > 0 && probability <= 1)
  )
    return wrong('probability must be over 0 and up to 1')
  return {
    effect,
    ...(pathPrefix === undefined ? {} : { pathPrefix }),
    ...(method === undefined ? {} : { method }),
    ...(times === undefined ? {} : { times }),
    ...(probability === undefined ? {} : { probability }),
  }
}
