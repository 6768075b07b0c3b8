import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { keepSession, restoreSession } from './kept-session.ts'
import { createSession } from './session.ts'

const session = createSession({
  deployment: { product: 'cloud', url: 'https://acme.eu.qlikcloud.com' },
  openedAt: 1000,
  cookies: new Map([['eas.sid', 'cookie-secret']]),
  csrfToken: 'csrf-secret',
})

/** As jotgate 0.1 wrote it. */
const kept = {
  product: 'cloud',
  url: 'https://acme.eu.qlikcloud.com',
  cookies: { 'eas.sid': 'cookie-secret' },
  csrfToken: 'csrf-secret',
  openedAt: '1970-01-01T00:00:01.000Z',
}

describe('a session that is kept', () => {
  it('is plain JSON, and the same session when it is restored', () => {
    expect(keepSession(session)).toEqual(kept)
    const restored = restoreSession(JSON.parse(JSON.stringify(kept)))
    expect(keepSession(restored)).toEqual(kept)
    expect(inspect(restored, { showHidden: true })).not.toContain('secret')
  })

  it('may be of a product without CSRF tokens, behind a virtual proxy', () => {
    const { csrfToken, ...others } = kept
    const server = { ...others, product: 'client-managed', prefix: 'jwt' }
    const restored = restoreSession(server)
    expect(restored.deployment).toEqual({ product: 'client-managed', url: kept.url, prefix: 'jwt' })
    expect(keepSession(restored)).toEqual(server)
  })

  it.each([
    [{ product: 'toString' }, 'product'],
    [{ url: 'https://TOPsecret@acme.example/x' }, 'url'],
    [{ url: undefined }, 'url'],
    [{ prefix: '../secret' }, 'prefix'],
    [{ cookies: undefined }, 'cookies'],
    [{ cookies: [] }, 'cookies'],
    [{ cookies: {} }, 'cookies'],
    [{ cookies: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [at, 'v'])) }, 'cookies'],
    [{ cookies: { a: 'secret\r\nx-evil: 1' } }, 'cookies'],
    [{ cookies: { a: 'secret; b=2' } }, 'cookies'],
    [{ cookies: { 'a=b': 'secret' } }, 'cookies'],
    [{ cookies: { 'a ': 'secret' } }, 'cookies'],
    [{ cookies: { a: 7 } }, 'cookies'],
    [{ cookies: { a: 'x'.repeat(4096) } }, 'cookies'],
    [{ csrfToken: '' }, 'csrfToken'],
    [{ csrfToken: 'secret\n' }, 'csrfToken'],
    [{ openedAt: -1 }, 'openedAt'],
    [{ openedAt: 'secret' }, 'openedAt'],
    [{ openedAt: '1969-12-31T23:59:59Z' }, 'openedAt'],
  ])('is not restored with %j', (change, option) => {
    const restore = () => restoreSession({ ...kept, ...change })
    expect(restore).toThrow(
      expect.objectContaining({
        code: 'ERR_QLIK_OPTION',
        details: expect.objectContaining({ option }),
      }),
    )
    expect(restore).not.toThrow('secret')
  })

  it.each([null, [], 'secret'])('is not restored from %j', (value) => {
    expect(() => restoreSession(value)).toThrow('The option kept must be a JSON object')
  })
})
