// Clients of client-managed Qlik, unmodified, against the emulator's proxy: enigma.js the way of its own example, @qlik/api
// with windowscookie, curl with a cookie jar, and the headers that qlik-cli sends.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { createQlikApi } from '@qlik/api'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { createKeyPair } from 'jotgate/keys'
import { clientManaged, createEmulators, moviesAppId } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

const run = promisify(execFile)

let folder: string
let pair: Awaited<ReturnType<typeof createKeyPair>>
let plain: Awaited<ReturnType<typeof start>>
let secure: Awaited<ReturnType<typeof start>>

async function start(tls?: { folder: string }) {
  const emulators = await createEmulators({
    ...(tls === undefined ? {} : { tls }),
    products: [
      clientManaged({
        virtualProxies: [
          {
            prefix: 'jwt',
            certificate: pair.certificatePem,
            jwtAttributeUserId: 'user',
            jwtAttributeUserDirectory: 'directory',
          },
        ],
      }),
    ],
  })
  return { emulators, site: emulators.products['client-managed'] }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-clients-'))
  pair = await createKeyPair({ bits: 2048, days: 1 })
  plain = await start()
  secure = await start({ folder: join(folder, 'tls') })
})
afterAll(async () => {
  await plain?.emulators.close()
  await secure?.emulators.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  for (const { emulators } of [plain, secure]) emulators.reset()
})

const sign = (user = 'ada') =>
  jsonwebtoken.sign({ directory: 'ACME', user }, pair.privateKeyPem, { algorithm: 'RS256' })

interface EngineGlobal {
  getDocList(): Promise<{ qDocId: string }[]>
  openDoc(appId: string): Promise<{ getAppLayout(): Promise<{ qTitle: string }> }>
}

describe('enigma.js', () => {
  const connect = async (url: string, headers: Record<string, string>) => {
    const session = enigma.create({
      schema,
      url,
      createSocket: (address) =>
        new WebSocket(address, { headers }) as unknown as globalThis.WebSocket,
    })
    return { session, global: (await session.open()) as unknown as EngineGlobal }
  }
  const csrfTokenOf = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` }
    const answer = await fetch(`${plain.site.url}/jwt/qps/csrftoken`, { headers })
    const [line = ''] = answer.headers.getSetCookie()
    return {
      csrfToken: answer.headers.get('qlik-csrf-token'),
      cookie: line.split(';', 1)[0] ?? '',
    }
  }
  const base = () => plain.site.url.replace('http', 'ws')

  it('lists the apps the way of its own example, where the upgrade may carry Authorization', async () => {
    plain.site.switches.set({ webSocketAuthorization: 'accepted' })
    const token = sign()
    const { csrfToken } = await csrfTokenOf(token)
    // With an ampersand and no question mark, as the example has it.
    const url = `${base()}/jwt/app/engineData&qlik-csrf-token=${csrfToken}`
    const { session, global } = await connect(url, { Authorization: `Bearer ${token}` })
    expect((await global.getDocList()).map(({ qDocId }) => qDocId)).toEqual([moviesAppId])
    await session.close()
  })

  it('is refused with the example where it may not, and works with cookie and token', async () => {
    const token = sign()
    const { csrfToken, cookie } = await csrfTokenOf(token)
    const query = `qlik-csrf-token=${csrfToken}`
    const example = connect(`${base()}/jwt/app/engineData&${query}`, {
      Authorization: `Bearer ${token}`,
    })
    await expect(example).rejects.toMatchObject({ message: expect.stringContaining('403') })
    const url = `${base()}/jwt/app/${moviesAppId}?${query}`
    const { session, global } = await connect(url, { Cookie: cookie })
    const app = await global.openDoc(moviesAppId)
    expect((await app.getAppLayout()).qTitle).toBe('Movies')
    await session.close()
  })

  it('works over TLS in a process of its own that trusts the authority', async () => {
    const script = `
      import enigma from 'enigma.js'
      import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
      import { WebSocket } from 'ws'
      const { SERVER, TOKEN } = process.env
      const answer = await fetch(SERVER + '/jwt/qps/csrftoken', { headers: { Authorization: 'Bearer ' + TOKEN } })
      const cookie = answer.headers.getSetCookie()[0].split(';')[0]
      const url = SERVER.replace('https', 'wss') + '/jwt/app/engineData?qlik-csrf-token=' + answer.headers.get('qlik-csrf-token')
      const createSocket = (address) => new WebSocket(address, { headers: { cookie } })
      const session = enigma.create({ schema, url, createSocket })
      const apps = await (await session.open()).getDocList()
      console.log(cookie.split('=')[0], apps.map(({ qDocId }) => qDocId).join())
      await session.close()`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: new URL('../..', import.meta.url),
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: secure.emulators.tls?.caFile,
        SERVER: secure.site.url,
        TOKEN: sign(),
      },
    })
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (child.exitCode === null) await once(child, 'exit')
    expect(out.trim(), err).toBe(`X-Qlik-Session-jwt ${moviesAppId}`)
  })
})

describe('@qlik/api in Node with windowscookie', () => {
  it('exchanges the token at /qlik-embed/main.js and opens the app', async () => {
    const api = createQlikApi({
      hostConfig: {
        authType: 'windowscookie',
        host: `${plain.site.url}/jwt`,
        getAccessToken: async () => sign(),
      },
    })
    const appSession = api.qix.openAppSession({ appId: moviesAppId })
    const app = await appSession.getDoc()
    expect((await app.getAppLayout()).qTitle).toBe('Movies')
    await appSession.close()
    expect(plain.site.state.sessions()).toMatchObject([{ prefix: 'jwt', userId: 'ada' }])
    expect(plain.emulators.requests.map(({ path }) => path)).toContain('/jwt/qlik-embed/main.js')
  })
})

describe('curl', () => {
  it('keeps the session in a cookie jar', async () => {
    const jar = join(folder, 'jar')
    const { caFile = '' } = secure.emulators.tls ?? {}
    const curl = async (...args: string[]) =>
      (
        await run('curl', [
          '-s',
          '--noproxy',
          '*',
          '--cacert',
          caFile,
          '-b',
          jar,
          '-c',
          jar,
          ...args,
        ])
      ).stdout
    const address = `${secure.site.url}/jwt/qps/user`
    const first = await curl('-H', `Authorization: Bearer ${sign()}`, address)
    expect(JSON.parse(first)).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    expect(JSON.parse(await curl(address))).toMatchObject({ userId: 'ada' })
    expect(await curl('-X', 'DELETE', '-o', '/dev/null', '-w', '%{http_code}', address)).toBe('204')
    expect(JSON.parse(await curl(address))).toEqual({ session: 'inactive' })
    expect(secure.site.state.sessions()).toEqual([])
  })
})

describe('qlik-cli', () => {
  const xrfkey = 'abcdefghijklmnop'
  const about = (headers: Record<string, string>) =>
    fetch(`${plain.site.url}/jwt/qrs/about?xrfkey=${xrfkey}`, {
      headers: { Authorization: `Bearer ${sign()}`, ...headers },
    })

  it('asks QRS below the prefix with the token in each call, each of which opens a session', async () => {
    for (const _ of [1, 2]) {
      const answer = await about({ 'X-Qlik-Xrfkey': xrfkey })
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ schemaPath: 'About' })
    }
    expect(plain.site.state.sessions()).toHaveLength(2)
  })

  it('is refused without the key in the header', async () => {
    const answer = await about({})
    expect([answer.status, await answer.text()]).toEqual([
      403,
      'XSRF prevention check failed. Possible XSRF discovered.',
    ])
  })
})
