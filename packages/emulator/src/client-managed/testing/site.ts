import { WebSocket } from 'ws'
import { createMoviesApp } from '../../engine/index.ts'
import { makeTestKey, type TestKey } from '../../jwt/testing/certificate.ts'
import { signTestToken } from '../../jwt/testing/sign-test-token.ts'
import { createEmulators, type Emulators, type SharedOptions } from '../../start/emulators.ts'
import { type ClientManagedOptions, clientManaged } from '../product.ts'
import type { VirtualProxyOptions } from '../virtual-proxy-options.ts'

type Site = Emulators<readonly [ReturnType<typeof clientManaged>]>

/** A frame of the engine’s web socket. */
type Frame = Readonly<Record<string, unknown>>

/** An open web socket, or what became of it. */
export interface TestSocket {
  readonly frames: readonly Frame[]
  readonly status?: number
  readonly body?: string
  readonly setCookies: readonly string[]
  /** The next message of the server that has this method. */
  notification(method: string): Promise<Frame>
  call(method: string, params?: unknown, handle?: number): Promise<Frame>
  closed: Promise<number>
  readonly socket: WebSocket
}

/** A site with one virtual proxy for JWT, `/jwt`, and a key that its tokens are signed with. */
export interface TestSite {
  readonly emulators: Site
  readonly site: Site['products']['client-managed']
  readonly url: string
  readonly key: TestKey
  token(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): string
  /** Asks the proxy; a token or cookie goes with it where one is given. */
  ask(
    path: string,
    options?: {
      method?: string
      token?: string
      cookie?: string
      headers?: Readonly<Record<string, string>>
      url?: string
    },
  ): Promise<Response>
  /** Opens a session and gives its cookie, with the CSRF token. */
  logIn(
    claims?: Readonly<Record<string, unknown>>,
    options?: { prefix?: string; url?: string; headers?: Readonly<Record<string, string>> },
  ): Promise<{ cookie: string; csrfToken: string }>
  /** Opens a web socket below the address of the proxy. */
  open(path: string, headers?: Readonly<Record<string, string>>, url?: string): Promise<TestSocket>
  close(): Promise<void>
}

let sharedKey: TestKey | undefined

/** The key of `/jwt` of every site of a test file, for further virtual proxies. */
export function siteKey(): TestKey {
  sharedKey ??= makeTestKey()
  return sharedKey
}

function openTestSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<TestSocket> {
  const { promise, resolve } = Promise.withResolvers<TestSocket>()
  const closed = Promise.withResolvers<number>()
  const frames: Frame[] = []
  const listeners = new Set<() => void>()
  const setCookies: string[] = []
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  let lastId = 0
  const frameWhere = (matches: (frame: Frame) => boolean) =>
    new Promise<Frame>((done) => {
      const look = () => {
        const found = frames.find(matches)
        if (found === undefined) return
        listeners.delete(look)
        done(found)
      }
      listeners.add(look)
      look()
    })
  const opened = {
    frames,
    setCookies,
    socket,
    closed: closed.promise,
    notification: (method: string) => frameWhere((frame) => frame.method === method),
    call(method: string, params: unknown = [], handle = -1) {
      lastId += 1
      const id = lastId
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, handle, method, params }))
      return frameWhere((frame) => frame.id === id)
    },
  }
  socket.on('upgrade', (response) => setCookies.push(...(response.headers['set-cookie'] ?? [])))
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)) as Frame)
    for (const look of [...listeners]) look()
  })
  socket.on('open', () => resolve(opened))
  socket.on('close', (code) => closed.resolve(code))
  socket.on('unexpected-response', async (_request, response) => {
    const body = (await response.toArray()).join('')
    resolve({ ...opened, status: response.statusCode ?? 0, body })
    socket.terminate()
  })
  socket.on('error', () => undefined)
  return promise
}

/** Starts the site; its clock stands still where a test moves it. */
export async function startSite(
  options: ClientManagedOptions & SharedOptions & { jwt?: Partial<VirtualProxyOptions> } = {},
): Promise<TestSite> {
  const { jwt = {}, virtualProxies = [], apps, adminKey, host, tls, clock, ...own } = options
  const key = siteKey()
  const product = clientManaged({
    ...own,
    virtualProxies: [{ prefix: 'jwt', certificate: key.certificatePem, ...jwt }, ...virtualProxies],
  })
  const emulators = await createEmulators({
    products: [product],
    apps: apps ?? [await createMoviesApp()],
    ...(adminKey === undefined ? {} : { adminKey }),
    ...(host === undefined ? {} : { host }),
    ...(tls === undefined ? {} : { tls }),
    ...(clock === undefined ? {} : { clock }),
  })
  const site = emulators.products['client-managed']
  const token: TestSite['token'] = (claims = {}, header = {}) => {
    const second = Math.floor(emulators.clock.now().getTime() / 1000)
    const all = {
      userId: 'ada',
      userDirectory: 'ACME',
      group: ['sales'],
      iat: second,
      exp: second + 60,
      ...claims,
    }
    return signTestToken(all, { key, header })
  }
  const ask: TestSite['ask'] = (path, { method = 'GET', headers = {}, url, ...given } = {}) =>
    fetch((url ?? site.url) + path, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(given.token === undefined ? {} : { authorization: `Bearer ${given.token}` }),
        ...(given.cookie === undefined ? {} : { cookie: given.cookie }),
      },
    })
  return {
    emulators,
    site,
    url: site.url,
    key,
    token,
    ask,
    async logIn(claims, { prefix = 'jwt', url, headers = {} } = {}) {
      const path = `/${prefix}/qps/csrftoken`
      const answer = await ask(path, {
        token: token(claims),
        headers,
        ...(url === undefined ? {} : { url }),
      })
      const [line] = answer.headers.getSetCookie()
      if (line === undefined) throw new Error(`${answer.status} ${await answer.text()}`)
      return {
        cookie: line.split(';', 1)[0] ?? '',
        csrfToken: answer.headers.get('qlik-csrf-token') ?? '',
      }
    },
    open: (path, headers = {}, url) => openTestSocket((url ?? site.url) + path, headers),
    close: () => emulators.close(),
  }
}
