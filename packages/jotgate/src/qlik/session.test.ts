import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cloud } from '../token/index.ts'
import { createSession, restoreSession } from './session.ts'

const session = createSession({
  deployment: cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }),
  openedAt: 1000,
  cookies: new Map([['eas.sid', 'cookie-secret']]),
  csrfToken: 'csrf-secret',
})

describe('a Qlik session', () => {
  it('gives its secrets to who asks for them by name', () => {
    expect(session.csrfToken).toBe('csrf-secret')
    expect(session.cookies.get('eas.sid')).toBe('cookie-secret')
  })

  it('shows them in no way of printing or copying', () => {
    const shown = [
      inspect(session),
      inspect({ session }, { showHidden: true, depth: 9 }),
      inspect(session, { showHidden: true, customInspect: false }),
      JSON.stringify({ session }),
      `${session}`,
      JSON.stringify({ ...session }),
      JSON.stringify(Object.entries(session)),
      inspect(structuredClone(session), { depth: 9 }),
    ]
    for (const text of shown) expect(text).not.toContain('secret')
    expect(inspect(session)).toContain('https://acme.eu.qlikcloud.com')
  })
})

describe('a session that was kept', () => {
  const { deployment, csrfToken, openedAt } = session
  const kept = { deployment, cookies: session.cookies, csrfToken, openedAt }

  it('is the same again, and hides its secrets again', () => {
    const restored = restoreSession(kept)
    expect(restored).toMatchObject({ deployment, openedAt, csrfToken })
    expect(restored.cookies).toEqual(session.cookies)
    expect(inspect(restored, { showHidden: true })).not.toContain('secret')
  })

  it.each([
    [{ cookies: [] }, 'cookies'],
    [{ cookies: Array.from({ length: 51 }, (_, at) => [`c${at}`, 'v'] as const) }, 'cookies'],
    [{ cookies: [['a', 'secret\r\nx-evil: 1']] as const }, 'cookies'],
    [{ cookies: [['a', 'secret; b=2']] as const }, 'cookies'],
    [{ cookies: [['a=b', 'secret']] as const }, 'cookies'],
    [{ cookies: [['a ', 'secret']] as const }, 'cookies'],
    [{ cookies: [['a', 7 as unknown as string]] as const }, 'cookies'],
    [{ cookies: [['a', 'x'.repeat(4096)]] as const }, 'cookies'],
    [{ csrfToken: '' }, 'csrfToken'],
    [{ csrfToken: 'secret\n' }, 'csrfToken'],
    [{ csrfToken: undefined as unknown as string }, 'csrfToken'],
    [{ openedAt: -1 }, 'openedAt'],
    [{ openedAt: Number.NaN }, 'openedAt'],
  ])('is not taken with %j', (change, option) => {
    const restore = () => restoreSession({ ...kept, ...change })
    expect(restore).toThrow(
      expect.objectContaining({
        code: 'ERR_QLIK_OPTION',
        details: expect.objectContaining({ option }),
      }),
    )
    expect(restore).not.toThrow('secret')
  })
})
