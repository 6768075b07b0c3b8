import { isJotgateError } from '../../errors/index.ts'

/** Whether a call failed in a way that may come from a node that is gone. The node itself is asked then. */
export function mayBeGone(error: unknown): boolean {
  return isJotgateError(error) && suspicious.has(error.code)
}

const suspicious: ReadonlySet<string> = new Set([
  'ERR_GATEWAY_NODE_GONE',
  'ERR_GATEWAY_QLIK_ANSWER',
  'ERR_GATEWAY_QLIK_TIMEOUT',
  'ERR_GATEWAY_QLIK_UNREACHABLE',
  'ERR_QLIK_BROKEN_OFF',
  'ERR_QLIK_TIMEOUT',
  'ERR_QLIK_UNREACHABLE',
])

/** Whether a connection could not be made because this machine has nothing left for it: that says nothing of the node. */
export function isOwnShortage(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {}
  return [error, cause].some(
    (one) => one instanceof Error && 'code' in one && shortages.has(String(one.code)),
  )
}

const shortages: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS'])
