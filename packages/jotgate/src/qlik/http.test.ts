import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { callQlik } from './http.ts'
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.fixture.ts'

let server: ScriptedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})
const start = async (script: Script) => {
  server = await startScriptedServer(script)
  return new URL('/api/v1/thing?secret=1', server.url)
}

describe('a call to Qlik', () => {
  it('gives status, headers and text, and a redirect as it came', async () => {
    const url = await start(() => ({ status: 301, headers: { location: '/there' }, body: 'Łódź' }))
    const answer = await callQlik({ url, headers: { cookie: 'a=1' } }, {})
    expect(answer).toMatchObject({ call: 'GET /api/v1/thing', status: 301, text: 'Łódź' })
    expect(answer.headers.get('location')).toBe('/there')
    expect(server?.requests).toHaveLength(1)
    expect(server?.requests[0]?.headers.cookie).toBe('a=1')
  })

  it('says where Qlik cannot be reached, and why', async () => {
    const url = await start(() => ({}))
    await server?.close()
    await expect(callQlik({ url, headers: {} }, {})).rejects.toMatchObject({
      code: 'ERR_QLIK_UNREACHABLE',
      status: 502,
      details: { url: url.origin, reason: 'ECONNREFUSED' },
    })
    // A label of 64 characters: no resolver asks anybody for it, so no network can be slow to answer.
    const unknown = new URL(`http://${'a'.repeat(64)}.invalid`)
    await expect(callQlik({ url: unknown, headers: {} }, {})).rejects.toMatchObject({
      code: 'ERR_QLIK_UNREACHABLE',
      details: { url: unknown.origin, reason: expect.stringMatching(/^E[A-Z_]+$/) },
    })
  })

  it('says what is spoken in place of HTTP or TLS, and which ports no HTTP has', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const reasonAt = (url: string) =>
      callQlik({ url: new URL(url), headers: {} }, {}).catch(
        (error: { details: { reason: string } }) => error.details.reason,
      )
    try {
      expect(await reasonAt(`http://127.0.0.1:${port}`)).toBe(
        'what answers there does not speak HTTP',
      )
      expect(await reasonAt(`https://127.0.0.1:${port}`)).toMatch(
        /: what answers there does not speak TLS$/,
      )
      expect(await reasonAt('http://127.0.0.1:22')).toBe(
        'that port is reserved for another protocol',
      )
    } finally {
      other.close()
    }
  })

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not known here; NODE_EXTRA_CA_CERTS=FILE makes one known/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_USE_SYSTEM_CA=1/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not known here/],
    ['CERT_HAS_EXPIRED', /^CERT_HAS_EXPIRED: its certificate has expired/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /is for another host name$/],
  ])('says what is wrong with a certificate: %s', async (code, words) => {
    const cause = Object.assign(new Error('tls'), { code })
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }))
    await expect(
      callQlik({ url: new URL('https://a.example'), headers: {} }, { fetch }),
    ).rejects.toMatchObject({
      code: 'ERR_QLIK_UNREACHABLE',
      details: { reason: expect.stringMatching(words) },
    })
  })

  it('says when the connection is cut before or within the answer', async () => {
    const url = await start(({ method }, response) => {
      if (method === 'POST') response.writeHead(200, { 'content-length': '100' }).write('half')
      setImmediate(() => response.socket?.destroy())
      return undefined
    })
    await expect(callQlik({ url, headers: {} }, {})).rejects.toMatchObject({
      code: 'ERR_QLIK_UNREACHABLE',
      details: { reason: 'the connection was cut' },
    })
    await expect(callQlik({ url, method: 'POST', headers: {} }, {})).rejects.toMatchObject({
      code: 'ERR_QLIK_BROKEN_OFF',
      details: { call: 'POST /api/v1/thing', reason: 'the connection was cut' },
    })
  })

  it('gives up when the answer does not come in time, or begins and does not end', async () => {
    const url = await start(({ method }, response) => {
      if (method === 'POST') response.writeHead(200).write('half')
      return undefined
    })
    for (const method of ['GET', 'POST'])
      await expect(callQlik({ url, method, headers: {} }, { timeoutMs: 80 })).rejects.toMatchObject(
        {
          code: 'ERR_QLIK_TIMEOUT',
          status: 504,
          details: { call: `${method} /api/v1/thing`, timeoutMs: 80 },
        },
      )
  })

  it('gives up when its signal aborts, with the reason of the signal', async () => {
    const controller = new AbortController()
    const reason = new Error('the person has gone')
    const url = await start(() => {
      controller.abort(reason)
      return undefined
    })
    const { signal } = controller
    await expect(callQlik({ url, headers: {} }, { signal })).rejects.toBe(reason)
    await expect(callQlik({ url, headers: {} }, { signal })).rejects.toBe(reason)
  })

  it('stops reading an answer that is too large', async () => {
    let sent = 0
    const url = await start((_, response) => {
      const chunk = 'x'.repeat(65_536)
      const write = () => {
        if (response.destroyed || sent > 64) return response.end()
        sent += 1
        response.write(chunk, () => setImmediate(write))
        return undefined
      }
      write()
      return undefined
    })
    await expect(callQlik({ url, headers: {} }, {})).rejects.toMatchObject({
      code: 'ERR_QLIK_ANSWER',
      details: { problem: 'is larger than 1048576 bytes' },
    })
  })

  it('refuses a time-out that is none', async () => {
    const url = new URL('http://localhost')
    for (const timeoutMs of [0, -1, 1.5, 300_001, Number.NaN])
      await expect(callQlik({ url, headers: {} }, { timeoutMs })).rejects.toMatchObject({
        code: 'ERR_QLIK_OPTION',
      })
  })
})
