import { keepSession, type QlikSession, restoreSession } from '../../qlik/index.ts'
import { isWholeNumber, type JsonObject } from '../../values/index.ts'

/** A Qlik session as it is kept in the store: whoever has it is the user, so the store seals it. */
export interface UpstreamRecord {
  /** The name of the deployment among those of the gateway. */
  readonly upstream: string
  /** Whose it is: a gateway session's ID, or what its users have in common. */
  readonly holder: string
  readonly current: QlikSession
  readonly lastUsedAt: number
}

export function toUpstreamRecord(record: UpstreamRecord): JsonObject {
  const { upstream, holder, current, lastUsedAt } = record
  return { upstream, holder, lastUsedAt, kept: keepSession(current) }
}

/**
 * Its Qlik session names the node that has it.
 *
 * @returns undefined when it has another form, or is a session of another deployment, or of a node that is not listed
 */
export function readUpstreamRecord(
  { upstream, holder, lastUsedAt, kept }: JsonObject,
  deployment: QlikSession['deployment'],
  nodes: readonly string[],
): UpstreamRecord | undefined {
  if (typeof upstream !== 'string' || typeof holder !== 'string') return undefined
  if (!isWholeNumber(lastUsedAt, 0, Number.MAX_SAFE_INTEGER)) return undefined
  try {
    const current = restoreSession(kept)
    const { product, url, prefix } = current.deployment
    const isSame =
      product === deployment.product && nodes.includes(url) && prefix === deployment.prefix
    return isSame ? { upstream, holder, current, lastUsedAt } : undefined
  } catch {
    return undefined
  }
}
