import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientCertificate, exportClientCertificate } from './client-certificate.ts'
import { createSecureServers, type SecureServers } from './secure-server.ts'

let servers: SecureServers
let own: ClientCertificate
let foreign: ClientCertificate
let folder: string

beforeAll(async () => {
  servers = await createSecureServers(undefined)
  own = await servers.clientCertificate()
  foreign = await (await createSecureServers(undefined)).clientCertificate()
  folder = await mkdtemp(join(tmpdir(), 'jotgate-certificates-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Whether a server that asks for certificates takes the one of a client. */
async function isAuthorized(client: Partial<ClientCertificate>): Promise<boolean> {
  const server = servers.createServer({ asksClient: true })
  server.on('request', (request, response) => {
    const { socket } = request
    response.end(String(socket instanceof TLSSocket && socket.authorized))
  })
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: own.root,
    cert: client.client,
    key: client.clientKey,
  })
  socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  const answer = (await socket.toArray()).join('')
  server.close()
  return answer.includes('true')
}

describe('a server that asks for client certificates', () => {
  it('takes that of its own authority, and no other', async () => {
    expect(await isAuthorized(own)).toBe(true)
    expect(await isAuthorized(foreign)).toBe(false)
    expect(await isAuthorized({})).toBe(false)
  })

  it('gives one certificate, for clients alone', async () => {
    expect(await servers.clientCertificate()).toBe(own)
    const certificate = new X509Certificate(own.client)
    expect(certificate.subject).toBe('CN=QlikClient')
    // id-kp-clientAuth, RFC 5280 §4.2.1.12.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate.checkPrivateKey(createPrivateKey(own.clientKey))).toBe(true)
    expect(servers.trust).toBeUndefined()
  })
})

describe('the export', () => {
  it('writes three files once, the key for its owner alone', async () => {
    const at = join(folder, 'first')
    await exportClientCertificate(own, at)
    expect((await readdir(at)).sort()).toEqual(['client.pem', 'client_key.pem', 'root.pem'])
    expect((await stat(join(at, 'client_key.pem'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(at, 'root.pem'), 'utf8')).toBe(own.root)
    // Another certificate of the same authority is not written over it.
    await exportClientCertificate({ ...own, clientKey: 'other' }, at)
    expect(await readFile(join(at, 'client_key.pem'), 'utf8')).toBe(own.clientKey)
  })

  it('refuses the files of another authority, and a folder that is none', async () => {
    const at = join(folder, 'second')
    await exportClientCertificate(foreign, at)
    await expect(exportClientCertificate(own, at)).rejects.toMatchObject({
      code: 'ERR_EMULATOR_CERTIFICATES',
      message: expect.stringContaining('another authority'),
    })
    expect(await readFile(join(at, 'client.pem'), 'utf8')).toBe(foreign.client)
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(exportClientCertificate(own, file)).rejects.toMatchObject({
      code: 'ERR_EMULATOR_CERTIFICATES',
      message: expect.stringContaining('the folder cannot be made (EEXIST)'),
    })
  })
})
