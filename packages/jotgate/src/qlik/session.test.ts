import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cloud } from '../token/index.ts'
import { changeSession, createSession, secretsOf } from './session.ts'

const session = createSession({
  deployment: cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }),
  openedAt: 1000,
  cookies: new Map([['eas.sid', 'cookie-secret']]),
  csrfToken: 'csrf-secret',
})

describe('a Qlik session', () => {
  it('gives its secrets to a reader that names them', () => {
    expect(session.csrfToken).toBe('csrf-secret')
    expect(session.cookies.get('eas.sid')).toBe('cookie-secret')
    expect(secretsOf(session)).toEqual(['csrf-secret', 'cookie-secret'])
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

  it('may have no CSRF token', () => {
    const { deployment, openedAt, cookies } = session
    const without = createSession({ deployment, openedAt, cookies })
    expect(without.csrfToken).toBeUndefined()
    expect(secretsOf(without)).toEqual(['cookie-secret'])
    expect(changeSession(without, { cookies: new Map() }).csrfToken).toBeUndefined()
    expect(changeSession(without, { csrfToken: 'new' })).toMatchObject({ openedAt, cookies })
  })
})
