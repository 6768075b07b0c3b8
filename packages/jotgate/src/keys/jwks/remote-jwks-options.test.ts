import { describe, expect, it } from 'vitest'
import { createRemoteJwks, type RemoteJwksOptions } from './remote-jwks.ts'

const url = 'https://login.acme.example/jwks.json'

describe('the options of a remote key set', () => {
  it.each([
    ['url', 'http://login.acme.example/jwks'],
    ['url', 'http://127.0.0.1.acme.example/jwks'],
    ['url', 'http://localhost.acme.example/jwks'],
    ['url', 'https://ada:secret@login.acme.example/jwks'],
    ['url', 'https://login.acme.example/jwks#key'],
    ['url', 'file:///etc/passwd'],
    ['url', 'https://ada@login.acme.example/jwks'],
    ['url', 'https://:secret@login.acme.example/jwks'],
    ['url', 'jwks'],
    ['url', undefined],
    ['url', new URL('https://login.acme.example/jwks')],
    ['cooldownSeconds', 0],
    ['cooldownSeconds', 3601],
    ['maxAgeSeconds', 0],
    ['maxAgeSeconds', 0.5],
    ['maxAgeSeconds', 86_401],
    ['maxStaleSeconds', 599],
    ['maxStaleSeconds', 604_801],
    ['timeoutMs', 9],
    ['timeoutMs', 60_001],
    ['timeoutMs', '5000'],
    ['maxBytes', 255],
    ['maxBytes', 1_048_577],
    ['maxBytes', Number.NaN],
    ['alg', 'none'],
    ['alg', 'HS256'],
  ])('%s may not be %s', (option, value) => {
    const make = () => createRemoteJwks({ url, [option]: value } as RemoteJwksOptions)
    const expected = { code: 'ERR_KEY_OPTION', details: expect.objectContaining({ option }) }
    expect(make).toThrow(expect.objectContaining(expected))
    try {
      make()
    } catch (error) {
      expect(String(error)).not.toContain('secret')
    }
  })

  it.each(['https://login.acme.example/jwks?a=b', 'http://idp.localhost:8080/', 'http://[::1]/'])(
    'url may be %s',
    (address) => {
      expect(() => createRemoteJwks({ url: address })).not.toThrow()
    },
  )

  it('may be what their bounds are, and are needed', () => {
    for (const bounds of [
      { cooldownSeconds: 1, maxAgeSeconds: 1, maxStaleSeconds: 1, timeoutMs: 10, maxBytes: 256 },
      { cooldownSeconds: 3600, maxAgeSeconds: 86_400, timeoutMs: 60_000, maxBytes: 1_048_576 },
      { maxStaleSeconds: 604_800 },
      { maxStaleSeconds: 600 },
    ])
      expect(() => createRemoteJwks({ url, ...bounds })).not.toThrow()
    for (const options of [undefined, null, 'https://login.acme.example/jwks'])
      expect(() => createRemoteJwks(options as never)).toThrow(new TypeError('Options are needed'))
  })
})
