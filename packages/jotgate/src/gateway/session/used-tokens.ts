import { createHash } from 'node:crypto'
import { gatewayErrors } from '../errors.ts'
import type { Identity } from '../identify/identity.ts'
import type { Store } from '../store/store.ts'

/** Which tokens open no session any more. */
export interface UsedTokens {
  /**
   * Takes a token for a login: one that may be used once is marked as used, durably, before this resolves.
   *
   * @throws ERR_GATEWAY_TOKEN_USED (401), ERR_GATEWAY_STORE (503)
   */
  consume(identity: Identity): Promise<void>
  /** Refuses a token that could be used again: its session was ended on purpose. */
  refuse(token: { readonly hash: string; readonly expiresAt: number }): Promise<void>
}

/** Keeps them in the store, until they expire. */
export function createUsedTokens(store: Store): UsedTokens {
  return {
    async consume({ once, tokenHash }) {
      if (once !== undefined) {
        const { issuer, jti, expiresAt } = once
        const record = { id: idOf([issuer, jti]), record: {}, expiresAt }
        if (!(await store.add('used-token', record))) throw gatewayErrors.ERR_GATEWAY_TOKEN_USED({})
      } else if (tokenHash !== undefined) {
        if ((await store.get('used-token', idOf({ tokenHash }))) !== undefined)
          throw gatewayErrors.ERR_GATEWAY_TOKEN_USED({})
      }
    },
    async refuse({ hash, expiresAt }) {
      await store.add('used-token', { id: idOf({ tokenHash: hash }), record: {}, expiresAt })
    },
  }
}

/** Of JSON, so that no two pairs of an issuer and an ID have one: "a" and "bc" are not "ab" and "c". */
const idOf = (value: readonly [string, string] | { tokenHash: string }): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex')
