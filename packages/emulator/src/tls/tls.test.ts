import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request as requestPlain } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant } from '../cloud/testing/tenant.ts'
import { createEmulator, type Emulator, type EmulatorOptions } from '../start/emulator.ts'

let folder: string
let emulator: Emulator

const start = (options: EmulatorOptions = {}) => createEmulator({ apps: [], ...options })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-tls-'))
  emulator = await start({ tls: { folder: join(folder, 'keys') } })
})

afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

/** Asks by a name, and checks the server's certificate for that name as every client does. */
function get(
  name: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; location: string | undefined; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof get>>>()
  const isAddress = /^[\d.]+$/.test(name)
  request(
    {
      host: '127.0.0.1',
      port: emulator.port,
      path,
      headers: { host: `${name}:${emulator.port}`, ...headers },
      ca: emulator.tls?.caPem,
      servername: isAddress ? '' : name,
      agent: false,
    },
    async (response) => {
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      resolve({ status: response.statusCode, location: response.headers.location, text })
    },
  )
    .on('error', reject)
    .end()
  return promise
}

/** The certificate that the server shows to who asks for a name, or for none. */
function certificateFor(servername: string): Promise<X509Certificate> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate>()
  const socket = connect(
    { host: '127.0.0.1', port: emulator.port, servername, ca: emulator.tls?.caPem ?? '' },
    () => {
      const shown = socket.getPeerX509Certificate()
      socket.destroy()
      if (shown === undefined) reject(new Error('no certificate'))
      else resolve(shown)
    },
  ).on('error', reject)
  return promise
}

describe('an emulator with TLS', () => {
  it('says so in its address', () => {
    expect(emulator.url).toBe(`https://localhost:${emulator.port}`)
  })

  it.each(['localhost', 'qlik.localhost', 'eu.acme.localhost', '127.0.0.1'])(
    'is trusted as %s by who trusts its authority',
    async (name) => {
      const { status, text } = await get(name, '/api/v1/users/me')
      expect({ status, text: text.slice(0, 10) }).toEqual({ status: 401, text: '{"errors":' })
    },
  )

  it('shows one key under every name, that of the hash', async () => {
    const [one, other] = await Promise.all([
      certificateFor('localhost'),
      certificateFor('gateway.localhost'),
    ])
    expect(one.subjectAltName).toContain('DNS:localhost')
    expect(other.subjectAltName).toBe('DNS:gateway.localhost')
    for (const shown of [one, other]) {
      const spki = shown.publicKey.export({ format: 'der', type: 'spki' })
      expect(createHash('sha256').update(spki).digest('base64')).toBe(emulator.tls?.spkiHash)
    }
  })

  it('is trusted under the host of its public address too', async () => {
    const keys = join(folder, 'keys')
    const publicUrl = 'https://acme.eu.qlikcloud.com'
    const behind = await start({ tls: { folder: keys }, publicUrl })
    const socket = connect({
      host: '127.0.0.1',
      port: behind.port,
      servername: 'acme.eu.qlikcloud.com',
      ca: behind.tls?.caPem ?? '',
    })
    await once(socket, 'secureConnect')
    expect(socket.authorized).toBe(true)
    expect(socket.getPeerX509Certificate()?.subjectAltName).toBe('DNS:acme.eu.qlikcloud.com')
    const answer = text(socket)
    socket.end(
      'GET /_emulator HTTP/1.1\r\nHost: acme.eu.qlikcloud.com\r\nConnection: close\r\n\r\n',
    )
    expect(await answer).toMatch(/^HTTP\/1\.1 200/)
    await behind.close()
  })

  it('is trusted for no other name', async () => {
    await expect(certificateFor('qlik.example')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('keeps its keys for their owner and uses them again', async () => {
    const keys = join(folder, 'keys')
    expect((await readdir(keys)).sort()).toEqual(['ca.key', 'ca.pem', 'server.key'])
    for (const name of ['ca.key', 'server.key'])
      expect((await stat(join(keys, name))).mode & 0o777).toBe(0o600)
    const again = await start({ tls: { folder: keys } })
    expect(again.tls).toEqual(emulator.tls)
    await again.close()
    expect(emulator.tls?.caFile).toBe(join(keys, 'ca.pem'))
    expect(new X509Certificate(emulator.tls?.caPem ?? '').ca).toBe(true)
  })

  it('makes one authority when two begin in the same folder', async () => {
    const shared = join(folder, 'shared')
    const both = await Promise.all([0, 1].map(() => start({ tls: { folder: shared } })))
    expect(both[0]?.tls).toEqual(both[1]?.tls)
    await Promise.all(both.map((one) => one.close()))
  })

  it('writes nothing over', async () => {
    const partial = join(folder, 'partial')
    const other = await start({ tls: { folder: partial } })
    await other.close()
    await rm(join(partial, 'ca.key'))
    const before = await readFile(join(partial, 'ca.pem'), 'utf8')
    await expect(start({ tls: { folder: partial } })).rejects.toMatchObject({
      code: 'ERR_EMULATOR_TLS',
      message: expect.stringContaining('holds only some of'),
    })
    expect(await readFile(join(partial, 'ca.pem'), 'utf8')).toBe(before)
  })

  it.each([
    ['a file', async (at: string) => writeFile(at, '')],
    [
      'a folder with a damaged key',
      async (at: string) => {
        const other = await start({ tls: { folder: at } })
        await other.close()
        await writeFile(join(at, 'server.key'), 'no key')
      },
    ],
  ])('cannot use %s', async (what, make) => {
    const at = join(folder, what.replaceAll(' ', '-'))
    await make(at)
    await expect(start({ tls: { folder: at } })).rejects.toMatchObject({ code: 'ERR_EMULATOR_TLS' })
  })
})

describe('the public address', () => {
  it('stands in links and redirects, and its host is answered', async () => {
    const tenant = await startTenant({ publicUrl: 'https://qlik.acme.example/' })
    const { cookie } = await tenant.login()
    const me = await tenant.send('GET', '/api/v1/users/me', { cookie })
    expect(me.headers.get('location')).toMatch(
      /^(?:https:\/\/qlik\.acme\.example)?\/api\/v1\/users\//,
    )
    const list = await tenant.admin('GET', '/api/v1/web-integrations')
    const { links } = (await list.json()) as { links: { self: { href: string } } }
    expect(links.self.href).toBe('https://qlik.acme.example/api/v1/web-integrations')
    const out = await tenant.send('GET', '/logout?returnto=https://qlik.acme.example/x', {
      cookie,
    })
    expect(out.headers.get('location')).toBe('/x')
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        const options = { port: tenant.emulator.port, path: '/api/v1/users/me', headers: { host } }
        requestPlain({ host: '127.0.0.1', ...options }, async (response) => {
          resolve(((await response.toArray()).join('').match(/LOGIN-2/) ?? ['answered'])[0])
        })
          .on('error', reject)
          .end()
      })
    expect(await statusFor('qlik.acme.example')).toBe('answered')
    expect(await statusFor('example')).toBe('LOGIN-2')
    await tenant.close()
  })

  it.each(['qlik.acme.example', 'https://qlik.acme.example/path', 'ftp://qlik.acme.example'])(
    'is refused as %s',
    async (publicUrl) => {
      await expect(start({ publicUrl })).rejects.toMatchObject({ code: 'ERR_EMULATOR_PUBLIC_URL' })
    },
  )
})
