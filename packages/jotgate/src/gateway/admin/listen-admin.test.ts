import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, lstat, mkdir, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { createAuthority } from '../../qlik/tls.fixture.ts'
import { askAdmin, bearer, openAdminStage } from './admin-stage.fixture.ts'
import type { Admin } from './create-admin.ts'
import { type ListenAdminAt, listenAdmin } from './listen-admin.ts'

const isPosix = process.platform !== 'win32'
const answers: Admin = (_incoming, response) => void response.end('{}')

async function listen(at: ListenAdminAt, admin = answers) {
  const listening = await listenAdmin(at, admin)
  onTestFinished(() => listening.close())
  return listening
}

const refusal = (problem: string | RegExp) => ({
  code: 'ERR_GATEWAY_ADMIN_LISTEN',
  details: { problem: expect.stringMatching(problem) },
})

describe.runIf(isPosix)('the socket of the administration', () => {
  it('is for its owner alone, from its first moment on', async () => {
    const socket = join(await ownFolder(), 'data', 'admin.sock')
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    const started = listenAdmin({ socket }, answers)
    const modes: number[] = []
    const look = async () => {
      const found = await lstat(socket).catch(() => undefined)
      if (found !== undefined) modes.push(found.mode & 0o777)
    }
    const isOpen = started.then(() => true)
    while (!(await Promise.race([isOpen, look().then(() => false)])));
    await look()
    const listening = await started
    expect(new Set(modes)).toEqual(new Set([0o600]))
    expect((await lstat(join(socket, '..'))).mode & 0o777).toBe(0o700)
    expect(process.umask()).toBe(0)
    expect(await askAdmin(listening.at, '/live')).toMatchObject({ status: 200 })
    await listening.close()
    await expect(lstat(socket)).rejects.toThrow('ENOENT')
  })

  it.each([
    [0o770, true],
    [0o702, true],
    [0o755, false],
  ])('is not made in a folder of mode %o when others may write there', async (mode, isRefused) => {
    const folder = join(await ownFolder(), 'data')
    await mkdir(folder)
    await chmod(folder, mode)
    const opening = listen({ socket: join(folder, 'admin.sock') })
    if (isRefused) await expect(opening).rejects.toMatchObject(refusal('others may write'))
    else await opening
  })

  it('is not made below a file', async () => {
    const folder = await ownFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(listen({ socket: join(folder, 'file', 'admin.sock') })).rejects.toMatchObject(
      refusal('cannot be used'),
    )
  })

  it('takes the place of one that a dead process has left', async () => {
    const socket = join(await ownFolder(), 'admin.sock')
    // As after kill -9: the socket stays, and nobody listens.
    const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect((await lstat(socket)).isSocket()).toBe(true)
    const { at } = await listen({ socket })
    expect(await askAdmin(at, '/live')).toMatchObject({ status: 200 })
    expect((await lstat(socket)).mode & 0o777).toBe(0o600)
  })

  it('leaves a living process and anything else alone', async () => {
    const folder = await ownFolder()
    const socket = join(folder, 'admin.sock')
    const first = await listen({ socket })
    await expect(listen({ socket })).rejects.toMatchObject(refusal('another process listens there'))
    expect(await askAdmin(first.at, '/live')).toMatchObject({ status: 200 })
    const file = join(folder, 'file')
    await writeFile(file, 'kept')
    await expect(listen({ socket: file })).rejects.toMatchObject(refusal('is not a socket'))
    await symlink(socket, join(folder, 'link'))
    await expect(listen({ socket: join(folder, 'link') })).rejects.toMatchObject(
      refusal('is not a socket'),
    )
  })

  it('has a name that fits', async () => {
    const folder = await ownFolder()
    const socket = join(folder, 'x'.repeat(110))
    await expect(listen({ socket })).rejects.toMatchObject(refusal('longer than the 103 bytes'))
  })
})

describe('the administration at an address', () => {
  it('is on loopback, or by TLS', async () => {
    const refused = { bearer, port: 0 }
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'admin.acme.example'])
      await expect(listen({ ...refused, host })).rejects.toMatchObject(refusal('without TLS'))
    const tls = { certificate: 'x', key: 'y' }
    await expect(listen({ ...refused, host: '0.0.0.0', tls })).rejects.toMatchObject({
      code: 'ERR_GATEWAY_OPTION',
      message: expect.stringContaining('admin.tls has a certificate and a key'),
    })
  })

  it.each(['', 'short', 'b'.repeat(31), `${'b'.repeat(40)} `, `${'b'.repeat(40)}\n`, undefined])(
    'is not opened with the bearer %j',
    async (given) => {
      await expect(listen({ bearer: given as string })).rejects.toMatchObject({
        code: 'ERR_GATEWAY_OPTION',
        message: expect.stringContaining('admin.bearer'),
      })
    },
  )

  it('says when the port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    await expect(listen({ bearer, port })).rejects.toMatchObject(refusal('EADDRINUSE'))
  })

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${bearer.slice(1)}`,
    `Bearer ${bearer}b`,
    `Bearer ${bearer.toUpperCase()}`,
    `Basic ${bearer}`,
    bearer,
    `Bearer  ${bearer}`,
    `Bearer ${bearer} ${bearer}`,
  ])('answers nothing without its bearer: %j', async (authorization) => {
    const { ask, enter } = await openAdminStage({ at: () => ({ bearer }) })
    await enter('zoe')
    for (const target of ['/live', '/ready', '/metrics', '/sessions', '/nothing']) {
      const headers = authorization === undefined ? {} : { authorization }
      const answer = await ask(target, { headers })
      expect(answer).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/problem+json' },
        json: { code: 'ERR_GATEWAY_ADMIN_BEARER' },
      })
      expect(answer.body).not.toContain('zoe')
      expect(answer.body).not.toContain(bearer)
    }
  })

  it('answers with it', async () => {
    const { ask } = await openAdminStage({ at: () => ({ bearer }) })
    for (const authorization of [`Bearer ${bearer}`, `bearer ${bearer}`])
      expect(await ask('/live', { headers: { authorization } })).toMatchObject({ status: 200 })
  })

  it('proves who it is by TLS, with another certificate when it gets one', async () => {
    // Its name is the certificate's, and no other machine's.
    const host = 'admin.acme.example'
    const authority = await createAuthority()
    const certify = () => authority.certify({ name: 'admin', hosts: [host] })
    const [first, second] = [await certify(), await certify()]
    const listening = await listen({ host: '0.0.0.0', bearer, tls: first })
    const { port } = new URL(listening.at)
    expect(listening.at).toMatch(/^https:/)
    /** Status, and the certificate that was shown. */
    const ask = (fields: Record<string, string>) =>
      new Promise<[status: number | undefined, certificate: string]>((resolve, reject) => {
        const place = { host: '127.0.0.1', port, ca: authority.ca, agent: false }
        const headers = { host, ...fields }
        const asked = request({ ...place, path: '/live', headers }, (answer) => {
          const shown = (answer.socket as TLSSocket).getPeerX509Certificate()?.toString() ?? ''
          answer.resume().once('end', () => resolve([answer.statusCode, shown]))
        })
        asked.on('error', reject)
        asked.end()
      })
    const pemOf = ({ certificate }: { certificate: string }) =>
      new X509Certificate(certificate).toString()
    const authorization = `Bearer ${bearer}`
    expect(await ask({ authorization })).toEqual([200, pemOf(first)])
    listening.setTls(second)
    expect(() => listening.setTls({ ...first, key: second.key })).toThrow('admin.tls')
    expect(await ask({ authorization })).toEqual([200, pemOf(second)])
    listening.setBearer('c'.repeat(43))
    expect(() => listening.setBearer('short')).toThrow('admin.bearer')
    expect((await ask({ authorization: `Bearer ${'c'.repeat(43)}` }))[0]).toBe(200)
  })

  it('closes connections that send no request, and what is not HTTP', async () => {
    const { listening } = await openAdminStage({ at: () => ({ bearer }) })
    const { port } = new URL(listening.at)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.end('\x16\x03\x01 not HTTP\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
  })
})

// A page in an operator's browser can send requests to this machine, with any Host by rebinding DNS; it cannot leave
// out what the browser adds.
describe.each(['socket', 'address'])('T-C08 a page, at a %s', (kind) => {
  const authorized = kind === 'socket' ? {} : { authorization: `Bearer ${bearer}` }
  const open = () => openAdminStage(kind === 'socket' ? {} : { at: () => ({ bearer }) })

  it.each([
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-dest': 'document' },
    { cookie: 'a=b' },
    { referer: 'http://localhost/' },
  ])('is refused by %o, also with the bearer', async (headers) => {
    const { ask, enter, sessions, acts } = await open()
    await enter('ada')
    for (const method of ['GET', 'DELETE', 'POST', 'OPTIONS']) {
      const answer = await ask('/sessions?all=yes', {
        method,
        headers: { ...authorized, ...headers },
      })
      expect(answer).toMatchObject({ status: 403, json: { code: 'ERR_GATEWAY_ADMIN_BROWSER' } })
      for (const name of Object.keys(answer.headers)) expect(name).not.toMatch(/^access-control/)
    }
    expect(sessions.size).toBe(1)
    expect(await acts()).toEqual([])
  })

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil',
    '127.0.0.2',
  ])('is refused with Host %j, to which its name may have been rebound', async (host) => {
    const { ask } = await open()
    expect(await ask('/live', { headers: { ...authorized, host } })).toMatchObject({
      status: 421,
      json: { code: 'ERR_GATEWAY_ADMIN_HOST' },
    })
  })
})

it('counts who is refused in the audit log', async () => {
  const denials: unknown[] = []
  const { ask } = await openAdminStage({
    at: () => ({ bearer }),
    audit: (log) => ({ ...log, countDenial: (denial) => void denials.push(denial) }),
  })
  await ask('/live')
  await ask('/live', { headers: { origin: 'http://evil.example' } })
  expect(denials).toEqual([
    { address: '127.0.0.1', reason: 'ERR_GATEWAY_ADMIN_BEARER' },
    { address: '127.0.0.1', reason: 'ERR_GATEWAY_ADMIN_BROWSER' },
  ])
})
