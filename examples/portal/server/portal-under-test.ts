import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cloud, createSigner, type Signer, signingKeyFromCryptoKey } from 'jotgate'
import type { PortalEvent } from './events.ts'
import { createPortal, type Portal, type PortalOptions } from './portal.ts'
import { views } from './views.ts'

/** A portal on a free port with a real signer that counts, a clock to turn, and small pages. */
export interface PortalUnderTest extends Portal {
  readonly events: readonly PortalEvent[]
  /** Whom the signer was asked to sign for. */
  readonly signed: readonly string[]
  /** Makes the signer fail with this error from now on. */
  failSigning(error: Error): void
  /** Turns the clock on. */
  pass(seconds: number): void
  /** Signs in as a browser would, and gives the session cookie as `name=value`. */
  signIn(userId: string, cookie?: string): Promise<string>
  /** Asks for a token as the portal's own page does; headers with no value are left out. */
  askForToken(
    headers: Record<string, string | undefined>,
    body?: string,
    path?: string,
  ): Promise<Response>
  get(path: string, cookie?: string): Promise<Response>
}

let keyOfThisFile: ReturnType<typeof makeKey> | undefined

async function makeKey() {
  const pair = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    false,
    ['sign', 'verify'],
  )
  return signingKeyFromCryptoKey({ ...pair, kid: 'test' })
}

export async function startPortalUnderTest(
  options: Partial<PortalOptions> = {},
): Promise<PortalUnderTest> {
  const pageFolder = await writeSmallPages()
  try {
    return await startWith(pageFolder, options)
  } catch (error) {
    await rm(pageFolder, { recursive: true })
    throw error
  }
}

async function startWith(
  pageFolder: string,
  options: Partial<PortalOptions>,
): Promise<PortalUnderTest> {
  keyOfThisFile ??= makeKey()
  const qlikUrl = 'http://localhost:4848'
  const signer = createSigner({
    deployment: cloud({ url: qlikUrl, issuer: 'portal.acme.example' }),
    key: await keyOfThisFile,
  })
  const signed: string[] = []
  const events: PortalEvent[] = []
  let failure: Error | undefined
  let now = Date.UTC(2026, 0, 1)
  const countingSigner: Signer = {
    async sign(user, signOptions) {
      signed.push(user.subject)
      if (failure) throw failure
      return signer.sign(user, signOptions)
    },
  }
  const portal = await createPortal({
    port: 0,
    qlik: {
      url: qlikUrl,
      issuer: 'portal.acme.example',
      webIntegrationId: 'integration-1',
      appId: 'app-1',
    },
    signer: countingSigner,
    pageFolder,
    clock: () => now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  const address = `http://127.0.0.1:${portal.port}`

  return {
    ...portal,
    events,
    signed,
    failSigning(error) {
      failure = error
    },
    pass(seconds) {
      now += seconds * 1000
    },
    async signIn(userId, cookie) {
      const response = await fetch(`${address}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { Origin: portal.url, ...(cookie !== undefined && { Cookie: cookie }) },
        body: new URLSearchParams({ user: userId }),
      })
      if (response.status !== 303) throw new Error(`The login was answered ${response.status}`)
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    },
    askForToken(headers, body = '{}', path = '/token') {
      const all = { Origin: portal.url, 'Content-Type': 'application/json', ...headers }
      const sent = Object.entries(all).filter((entry): entry is [string, string] => {
        return entry[1] !== undefined
      })
      return fetch(`${address}${path}`, { method: 'POST', headers: new Headers(sent), body })
    },
    get: (path, cookie) =>
      fetch(`${address}${path}`, { headers: cookie === undefined ? {} : { Cookie: cookie } }),
    async close() {
      await portal.close()
      await rm(pageFolder, { recursive: true })
    },
  }
}

async function writeSmallPages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portal-pages-'))
  await writeFile(
    join(folder, 'sign-in.html'),
    '<h1>Sign in</h1><!-- notice --><!-- to --><!-- people -->',
  )
  for (const { file, label } of views) await writeFile(join(folder, file), `<h1>View ${label}</h1>`)
  await writeFile(join(folder, 'gate.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  return folder
}

interface RawAnswer {
  status: number
  body: string
  headers: Record<string, unknown>
}

/** Sends a path exactly as it is written: `fetch` would tidy it up first. */
export function sendRaw(port: number, path: string, method = 'GET'): Promise<RawAnswer> {
  return requestAt(port, { path, method })
}

/** Sends any headers, `Host` too, which `fetch` does not let a caller choose. */
export function requestAt(
  port: number,
  request: { path: string; method?: string; headers?: Record<string, string>; body?: string },
): Promise<RawAnswer> {
  const { path, method = 'GET', headers = {}, body: sent } = request
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      )
    })
    request.on('error', reject)
    request.end(sent)
  })
}

/** Sends bytes as they stand, and gives all that comes back until the portal closes the connection. */
export function sendBytes(port: number, bytes: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.write(bytes)
  return text(socket)
}
