import type { Identity } from '../identify/identity.ts'
import type { EndReason, GatewaySession } from './gateway-session.ts'
import type { SessionRecord } from './session-record.ts'

/** A session with what only the list of sessions changes. */
export interface SessionEntry {
  readonly session: GatewaySession
  /** As the store has it, or is about to. */
  record: SessionRecord
  /** Counted here, and written now and then. */
  lastUsedAt: number
  /** The newest secret, for as long as the one before is accepted too. */
  renewal?: { readonly secret: string; readonly hashBefore: string; until: number }
  /** Aborts `session.ended`. */
  abort(reason: EndReason): void
}

export function createEntry(id: string, record: SessionRecord): SessionEntry {
  const controller = new AbortController()
  const { holder, site, upstream, user, identity, openedAt, lastUsedAt } = record
  const ended = controller.signal
  return {
    session: Object.freeze({ id, holder, site, upstream, user, identity, openedAt, ended }),
    record,
    lastUsedAt,
    abort: (reason) => controller.abort(reason),
  }
}

/** Who they are, without what only proves it. */
export function personOf({ source, user }: Identity): GatewaySession['identity'] {
  const { subject, directory } = user
  return Object.freeze({ source, subject, ...(directory === undefined ? {} : { directory }) })
}

/** Until when it is proved who they are, and by which tokens. */
export function proofOf(
  { endsAt, tokenHash, tokenExpiresAt, once }: Identity,
  holder: GatewaySession['holder'],
): Pick<SessionRecord, 'identityEndsAt' | 'tokens'> {
  // A program sends its token with each call, so that the token's own end counts.
  const identityEndsAt = holder === 'program' ? (tokenExpiresAt ?? endsAt) : endsAt
  // One that may be used once has been used.
  const isNeeded = holder === 'program' || once === undefined
  const tokens =
    isNeeded && tokenHash !== undefined && tokenExpiresAt !== undefined
      ? [{ hash: tokenHash, expiresAt: tokenExpiresAt }]
      : []
  return { tokens, ...(identityEndsAt === undefined ? {} : { identityEndsAt }) }
}

const maxTokens = 20

/**
 * The proof of a session after its person has logged in again. An end that was known already is not shortened, and a
 * proof of another kind does not change it: a session that ends 15 minutes after an assertion goes on to do so, when the
 * host application, asked at a login, says who it is.
 */
export function addProof(
  { identityEndsAt, tokens }: SessionRecord,
  added: Pick<SessionRecord, 'identityEndsAt' | 'tokens'>,
  now: number,
): Pick<SessionRecord, 'identityEndsAt' | 'tokens'> {
  const valid = [...added.tokens, ...tokens].filter(({ expiresAt }) => expiresAt > now)
  return {
    tokens: valid.slice(0, maxTokens),
    ...(identityEndsAt === undefined
      ? {}
      : { identityEndsAt: Math.max(identityEndsAt, added.identityEndsAt ?? 0) }),
  }
}
