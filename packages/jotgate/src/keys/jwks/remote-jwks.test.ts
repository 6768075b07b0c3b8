import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../create/create-key-pair.ts'
import { createRemoteJwks, type RemoteJwksEvent, type RemoteJwksOptions } from './remote-jwks.ts'

let one: KeyPair
let two: KeyPair
beforeAll(async () => {
  one = await createKeyPair({ bits: 2048, kid: 'one' })
  two = await createKeyPair({ bits: 2048, kid: 'two' })
})

let server: Server
let url: string
let requests: number
let answer: RequestListener
beforeEach(async () => {
  requests = 0
  answer = withSet(() => ({ keys: [one.publicJwk] }))
  server = createServer((request, response) => {
    requests += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const withSet =
  (set: () => unknown, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/jwk-set+json', ...headers })
      .end(JSON.stringify(set()))

const down: RequestListener = (_, response) => response.writeHead(503).end('{}')

function reader(options: Partial<RemoteJwksOptions> = {}) {
  const time = { ms: 1_000_000 }
  const events: RemoteJwksEvent[] = []
  const jwks = createRemoteJwks({
    url,
    clock: () => time.ms,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const pass = (seconds: number) => {
    time.ms += seconds * 1000
  }
  return { jwks, pass, events }
}

const failed = (problem: string) =>
  expect.objectContaining({
    code: 'ERR_KEY_JWKS_FETCH',
    status: 503,
    details: { url, problem: expect.stringContaining(problem) },
  })

describe('a remote key set', () => {
  it('is fetched when the first key is requested, and then kept', async () => {
    const { jwks, pass, events } = reader()
    expect(requests).toBe(0)
    expect(await jwks.keyFor('one')).toEqual(one.publicJwk)
    pass(599)
    expect(await jwks.keyFor('one')).toEqual(one.publicJwk)
    expect(requests).toBe(1)
    pass(1)
    await jwks.keyFor('one')
    expect(requests).toBe(2)
    expect(events).toEqual([
      { type: 'jwks-fetched', keys: 1 },
      { type: 'jwks-fetched', keys: 1 },
    ])
  })

  it('is fetched once for concurrent requests', async () => {
    const { jwks } = reader()
    const keys = await Promise.all(Array.from({ length: 100 }, () => jwks.keyFor('one')))
    expect(keys).toHaveLength(100)
    expect(requests).toBe(1)
  })

  it('is fetched at most once per cool-down for 10,000 invented key IDs', async () => {
    const { jwks, pass } = reader()
    let refused = 0
    for (let round = 0; round < 10; round += 1) {
      const asked = Array.from({ length: 1000 }, () => jwks.keyFor(randomUUID()))
      const outcomes = await Promise.allSettled(asked)
      refused += outcomes.filter(({ status }) => status === 'rejected').length
      pass(10)
    }
    expect(refused).toBe(10_000)
    // 100 seconds: at 0, 30, 60 and 90.
    expect(requests).toBe(4)
  })

  it('has a newly added key after the cool-down, and no longer a removed one', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    answer = withSet(() => ({ keys: [two.publicJwk] }))
    await expect(jwks.keyFor('two')).rejects.toMatchObject({
      code: 'ERR_KEY_JWKS_KID',
      status: 401,
    })
    pass(30)
    expect(await jwks.keyFor('two')).toEqual(two.publicJwk)
    await expect(jwks.keyFor('one')).rejects.toMatchObject({ code: 'ERR_KEY_JWKS_KID' })
    expect(requests).toBe(2)
  })

  it('compares key IDs exactly, and accepts only strings', async () => {
    const { jwks } = reader()
    await jwks.keyFor('one')
    const strange = [
      'One',
      'one ',
      '',
      '__proto__',
      'constructor',
      5,
      null,
      ['one'],
      { kid: 'one' },
    ]
    for (const kid of strange)
      await expect(jwks.keyFor(kid as string)).rejects.toMatchObject({ code: 'ERR_KEY_JWKS_KID' })
    await expect(jwks.keyFor('a'.repeat(50_000))).rejects.toSatisfy(
      (error: Error) => error.message.length < 200,
    )
  })

  it('gives the reason why a key is refused', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    answer = withSet(() => ({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'weak' }, one.publicJwk],
    }))
    const { jwks } = reader()
    await expect(jwks.keyFor('weak')).rejects.toMatchObject({ code: 'ERR_KEY_SIZE' })
    expect((await jwks.keyFor('one')).kid).toBe('one')
  })
})

describe('while a remote key set cannot be fetched', () => {
  it('the last one is used for a limited time, and fetched again after each cool-down', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    answer = down
    pass(600)
    expect((await jwks.keyFor('one')).kid).toBe('one')
    pass(29)
    await jwks.keyFor('one')
    expect(requests).toBe(2)
    pass(2970)
    expect((await jwks.keyFor('one')).kid).toBe('one')
    pass(2)
    await expect(jwks.keyFor('one')).rejects.toThrow(failed('status 503'))
    answer = withSet(() => ({ keys: [one.publicJwk] }))
    pass(30)
    expect((await jwks.keyFor('one')).kid).toBe('one')
  })

  it('every key is refused if there never was one, and requests keep to the cool-down', async () => {
    answer = down
    const { jwks, pass, events } = reader()
    for (let round = 0; round < 60; round += 1) {
      await expect(jwks.keyFor('one')).rejects.toThrow(failed('status 503'))
      pass(1)
    }
    expect(requests).toBe(2)
    expect(events).toHaveLength(2)
  })

  it('a key ID that is not in the old set is not reported as unknown', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    answer = down
    pass(30)
    await expect(jwks.keyFor('two')).rejects.toThrow(failed('status 503'))
  })

  it('the last one is used exactly until it is too old', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    answer = down
    pass(3600)
    expect((await jwks.keyFor('one')).kid).toBe('one')
  })

  it('a key ID is reported as unknown again once one was fetched', async () => {
    answer = down
    const { jwks, pass } = reader()
    await expect(jwks.keyFor('two')).rejects.toThrow(failed('status 503'))
    answer = withSet(() => ({ keys: [one.publicJwk] }))
    pass(30)
    const unknown = expect.objectContaining({ code: 'ERR_KEY_JWKS_KID', status: 401 })
    await expect(jwks.keyFor('two')).rejects.toThrow(unknown)
    await expect(jwks.keyFor(5 as never)).rejects.toThrow(unknown)
    expect(requests).toBe(2)
  })

  it('an unstable server is bridged', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    const up = answer
    for (let round = 0; round < 50; round += 1) {
      answer = round % 2 === 0 ? down : up
      pass(300)
      expect((await jwks.keyFor('one')).kid).toBe('one')
    }
  })

  it('is used although onEvent throws', async () => {
    const onEvent = () => {
      throw new Error('the log is full')
    }
    const { jwks, pass } = reader({ onEvent })
    expect(await jwks.keyFor('one')).toEqual(one.publicJwk)
    answer = down
    pass(601)
    expect(await jwks.keyFor('one')).toEqual(one.publicJwk)
    await expect(reader({ onEvent }).jwks.keyFor('one')).rejects.toThrow(failed('status 503'))
  })

  it('a clock that runs backwards makes the set old', async () => {
    const { jwks, pass } = reader()
    await jwks.keyFor('one')
    answer = down
    pass(-500)
    await expect(jwks.keyFor('one')).rejects.toThrow(failed('status 503'))
  })
})

describe('an answer is refused', () => {
  const cases: [string, RequestListener, string][] = [
    [
      'that redirects',
      (request, response) => response.writeHead(302, { location: `${request.url}?again` }).end(),
      'redirect',
    ],
    ['that is a web page', withSet(() => ({ keys: [] }), { 'content-type': 'text/html' }), 'JSON'],
    ['without a type', withSet(() => ({ keys: [] }), { 'content-type': '' }), 'JSON'],
    [
      'that is larger than the limit',
      withSet(() => ({ keys: [], pad: 'x'.repeat(5000) })),
      'larger than 4096',
    ],
    [
      'that unpacks to more than the limit',
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(10_000_000))),
      'larger than 4096',
    ],
    [
      'that never ends',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => response.write(' '.repeat(1000)), 1)
        response.on('close', () => clearInterval(timer))
      },
      'larger than 4096',
    ],
    [
      'that is truncated JSON',
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":['),
      'not JSON',
    ],
    [
      'that is not UTF-8',
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(Buffer.of(0x22, 0xff, 0x22)),
      'not JSON',
    ],
    ['that is not an object', withSet(() => []), 'is not a JSON object'],
    [
      'with a private key in it',
      withSet(() => ({ keys: [{ ...one.publicJwk, d: 'AA' }] })),
      'private',
    ],
    [
      'with the same key ID twice',
      withSet(() => ({ keys: [one.publicJwk, one.publicJwk] })),
      'two keys with the same key ID',
    ],
    [
      'that is cut off',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{', () => response.destroy())
      },
      'closed the connection',
    ],
    ['that never begins', (_, response) => response.destroy(), 'could not be reached'],
  ]
  it.each(cases)('%s', async (_, listener, problem) => {
    answer = listener
    const { jwks } = reader({ maxBytes: 4096 })
    const error: unknown = await jwks.keyFor('one').catch((reason) => reason)
    expect(error).toEqual(failed(problem))
    expect(requests).toBe(1)
  })

  it.each<[string, RequestListener]>([
    ['does not answer', () => undefined],
    [
      'stops in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).write('{')
      },
    ],
  ])('when the server %s within the time', async (_, listener) => {
    answer = listener
    const { jwks } = reader({ timeoutMs: 60 })
    await expect(jwks.keyFor('one')).rejects.toThrow(failed('no answer within 60 ms'))
  })

  it('when the caller’s own fetch ignores the time limit', async () => {
    for (const fetch of [
      () => new Promise<never>(() => undefined),
      async () =>
        new Response(new ReadableStream(), { headers: { 'content-type': 'application/json' } }),
    ]) {
      const { jwks } = reader({ timeoutMs: 60, fetch })
      await expect(jwks.keyFor('one')).rejects.toThrow(failed('no answer within 60 ms'))
    }
  })

  it('when no server listens', async () => {
    const { jwks } = reader({ url: 'http://127.0.0.1:1/jwks' })
    await expect(jwks.keyFor('one')).rejects.toThrow(/could not be reached/)
  })

  it('with an error that omits the address’s query', async () => {
    answer = down
    const { jwks, events } = reader({ url: `${url}?code=secret` })
    const error: unknown = await jwks.keyFor('one').catch((reason) => reason)
    expect(JSON.stringify(error) + String(error) + JSON.stringify(events)).not.toContain('secret')
  })
})
