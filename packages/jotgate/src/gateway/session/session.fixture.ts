import type { IncomingMessage } from 'node:http'
import type { User } from '../../token/index.ts'
import type { Identity } from '../identify/identity.ts'
import type { GatewayRequest } from '../request.ts'
import type { Store, StoredRecord } from '../store/store.ts'
import { here } from './place.fixture.ts'

/** A request with these values of Cookie, one line each. */
export function requestWith(...cookies: string[]): GatewayRequest {
  const fields = cookies.map((value) => ['cookie', value] as const)
  return {
    id: '0'.repeat(32),
    site: here.site,
    method: 'GET',
    path: '/api/v1/items',
    query: '',
    fields,
    field: (name) => (name === 'cookie' && cookies.length > 0 ? cookies.join(', ') : undefined),
    address: '127.0.0.1',
    incoming: {} as IncomingMessage,
  }
}

/** A request of the browser that has this secret. */
export const requestOf = (secret: string) => requestWith(`__Host-jotgate=${secret}`)

export const userOf = (subject: string): User => ({
  subject,
  name: `Name of ${subject}`,
  email: `${subject}@acme.example`,
})

/** As the host application says it when it is asked. */
export const personNamed = (subject: string): Identity => ({
  user: userOf(subject),
  source: 'callback',
})

/** As an assertion says it, which holds for 15 minutes and can be used once. */
export function assertionOf(
  subject: string,
  { jti = `jti of ${subject}`, issuer = 'acme.example', now = Date.now() } = {},
): Identity {
  return {
    user: userOf(subject),
    source: 'assertion',
    endsAt: now + 900_000,
    tokenHash: `hash of ${issuer} ${jti}`,
    tokenExpiresAt: now + 120_000,
    once: { issuer, jti, expiresAt: now + 150_000 },
  }
}

/** As a provider's token says it, which may come again until it expires. */
export function providerTokenOf(
  subject: string,
  { hash = `hash of ${subject}`, lifeMs = 3_600_000 } = {},
): Identity {
  const end = Date.now() + lifeMs
  const source = 'provider-token'
  return { user: userOf(subject), source, endsAt: end, tokenHash: hash, tokenExpiresAt: end }
}

/** What a store has of gateway sessions. */
export async function sessionsIn(store: Store): Promise<StoredRecord[]> {
  const all: StoredRecord[] = []
  for await (const one of store.list('session')) all.push(one)
  return all
}
