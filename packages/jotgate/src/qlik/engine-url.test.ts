import SenseUtilities from 'enigma.js/sense-utilities.js'
import { describe, expect, it } from 'vitest'
import { clientManaged, cloud } from '../token/index.ts'
import { engineUrl } from './engine-url.ts'
import { createSession } from './session.ts'

// Its types tell of a default export inside the module; it is the module itself.
const { buildUrl } = SenseUtilities as unknown as typeof SenseUtilities.default
const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'a' })
const session = createSession({
  deployment,
  openedAt: 0,
  cookies: new Map([['eas.sid', 's']]),
  csrfToken: 'a+b/c&d=',
})

describe('the address of the engine', () => {
  it('is the one that enigma.js builds', () => {
    const options = { appId: 'a b/c?d', identity: 'zweite Ansicht', ttlSeconds: 60 }
    const byEnigma = buildUrl({
      host: 'acme.eu.qlikcloud.com',
      secure: true,
      appId: options.appId,
      identity: options.identity,
      ttl: 60,
      urlParams: { 'qlik-csrf-token': 'a+b/c&d=' },
    })
    expect(engineUrl({ session, ...options })).toBe(byEnigma)
  })

  it.each([
    ['jwt', 'wss://sense.acme.example:4443/jwt/app/a%20b/identity/x/ttl/60'],
    ['', 'wss://sense.acme.example:4443/app/a%20b/identity/x/ttl/60'],
  ])('leads through the virtual proxy with the prefix "%s"', (prefix, expected) => {
    const server = clientManaged({
      url: 'https://sense.acme.example:4443',
      prefix,
      userDirectory: 'ACME',
      claims: { userId: 'userId', userDirectory: 'userDirectory' },
    })
    const options = { appId: 'a b', identity: 'x', ttlSeconds: 60 }
    const url = engineUrl({ deployment: server, ...options })
    expect(url).toBe(expected)
    expect(url).toBe(
      buildUrl({
        host: 'sense.acme.example',
        port: 4443,
        secure: true,
        prefix,
        appId: options.appId,
        identity: options.identity,
        ttl: 60,
      }),
    )
  })

  it('has a CSRF token only when there is a session', () => {
    expect(engineUrl({ session, appId: 'x' })).toBe(
      'wss://acme.eu.qlikcloud.com/app/x?qlik-csrf-token=a%2Bb%2Fc%26d%3D',
    )
    expect(engineUrl({ deployment, appId: 'x' })).toBe('wss://acme.eu.qlikcloud.com/app/x')
  })

  it('is plain where the deployment is, and keeps its port', () => {
    const local = cloud({ url: 'http://localhost:4848', issuer: 'a' })
    expect(engineUrl({ deployment: local, appId: 'x', ttlSeconds: 0 })).toBe(
      'ws://localhost:4848/app/x/ttl/0',
    )
  })

  it.each([
    [{ appId: '' }, 'appId'],
    [{ appId: '..' }, 'appId'],
    [{ appId: '.' }, 'appId'],
    [{ appId: 'a'.repeat(257) }, 'appId'],
    [{ appId: 'a\ud800' }, 'appId'],
    [{ appId: undefined }, 'appId'],
    [{ appId: 'x', identity: '..' }, 'identity'],
    [{ appId: 'x', ttlSeconds: -1 }, 'ttlSeconds'],
    [{ appId: 'x', ttlSeconds: 1.5 }, 'ttlSeconds'],
    [{ appId: 'x', ttlSeconds: 86_401 }, 'ttlSeconds'],
  ])('is not made of %j', (options, option) => {
    expect(() => engineUrl({ deployment, ...(options as { appId: string }) })).toThrow(
      expect.objectContaining({
        code: 'ERR_QLIK_OPTION',
        details: expect.objectContaining({ option }),
      }),
    )
  })
})
