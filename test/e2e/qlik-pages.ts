import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tenant } from './stage.ts'

/** A host's own web server, with one page. */
export interface HostPage {
  /** `http://localhost:PORT`, another origin than the tenant's. */
  readonly origin: string
  close(): Promise<void>
}

/** A file of a host's page; a function is called for each answer. */
interface HostFile {
  type: string
  text: string | (() => Promise<string>)
}

/**
 * Serves a page of a host on localhost: the same site as the tenant, another origin.
 *
 * @param files by path; `/` is the page
 * @param port a free one by default
 */
export async function serveHostPage(
  files: Readonly<Record<string, HostFile>>,
  port = 0,
): Promise<HostPage> {
  const server = createServer(async (request, response) => {
    const file = files[new URL(request.url ?? '/', 'http://localhost').pathname]
    if (file === undefined) {
      response.writeHead(404).end()
      return
    }
    const text = typeof file.text === 'string' ? file.text : await file.text()
    response.writeHead(200, { 'content-type': file.type }).end(text)
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(port, '127.0.0.1', resolve)
  await promise
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** A log-in by token, as the cookies that a browser would hold then. */
export async function logIn(
  tenant: Tenant,
  user: { subject: string; name: string; groups?: string[] },
) {
  const { token } = await tenant.signer.sign({
    email: `${user.subject}@acme.example`,
    emailVerified: true,
    ...user,
  })
  const { url } = tenant.emulator
  const answer = await fetch(`${url}/login/jwt-session`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`The log-in failed: ${await answer.text()}`)
  return answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    // By domain: Chromium sets no Secure cookie for an address of http.
    const place = { domain: 'localhost', path: '/' }
    return { name, value, ...place, secure: true, sameSite: 'None' as const, httpOnly: true }
  })
}
