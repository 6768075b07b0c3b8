import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPortal } from './portal.ts'
import {
  type PortalUnderTest,
  sendBytes,
  sendRaw,
  startPortalUnderTest,
} from './portal-under-test.ts'

let portal: PortalUnderTest

beforeAll(async () => {
  portal = await startPortalUnderTest()
})

afterAll(() => portal.close())

describe('what the portal serves', () => {
  it.each([
    '/server/portal.ts',
    '/package.json',
    '/keys/portal.pem',
    '/.env',
    '/.git/config',
    '/sign-in.html',
    '/dashboard.html',
    '/.sources.sha256',
    '/assets/',
    '/../package.json',
    '/assets/../../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/%252e%252e/package.json',
    '/..\\package.json',
    '/gate.svg/../../package.json',
    '/gate.svg%00.html',
    '//etc/passwd',
    '/assets/....//....//etc/passwd',
    '/%',
    '/%c0%ae%c0%ae/package.json',
  ])('is never %s', async (path) => {
    const answer = await sendRaw(portal.port, path)
    // 400 is for what is not an address at all; neither answer holds anything but words.
    expect([400, 404]).toContain(answer.status)
    expect(answer.body).toMatch(/^$|There is nothing at this address/)
  })

  it('are files with their types, to GET and HEAD alone', async () => {
    const got = await sendRaw(portal.port, '/gate.svg')
    expect(got).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml' } })
    const head = await sendRaw(portal.port, '/gate.svg', 'HEAD')
    expect(head).toMatchObject({ status: 200, body: '' })
    const posted = await sendRaw(portal.port, '/gate.svg', 'POST')
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it.each([
    ['/', 'DELETE', 'GET, HEAD'],
    ['/login', 'GET', 'POST'],
    ['/logout', 'GET', 'POST'],
    ['/config.json', 'POST', 'GET, HEAD'],
  ])('at %s refuses %s and says what it takes', async (path, method, allow) => {
    expect(await sendRaw(portal.port, path, method)).toMatchObject({
      status: 405,
      headers: { allow },
    })
  })

  it('answers HEAD like GET, without a body', async () => {
    expect(await sendRaw(portal.port, '/', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })
})

describe('a request', () => {
  it.each([
    ['with two Host lines', '/', 'Host: localhost\r\nHost: localhost\r\n'],
    ['with two Host lines that differ', '/', 'Host: localhost\r\nhost: evil.example\r\n'],
    ['with a host in its address', 'http://evil.example/', 'Host: localhost\r\n'],
    ['without a host', '/', ''],
  ])('%s is refused with 400', async (_how, target, host) => {
    for (const method of ['GET', 'POST']) {
      const request = `${method} ${target} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`
      expect(await sendBytes(portal.port, request)).toMatch(/^HTTP\/1\.1 400 /)
    }
  })

  it.each([
    ['whose body', 'Content-Length: 500\r\n\r\n{'],
    ['whose headers', 'X-Slow: '],
  ])('%s does not arrive is ended', async (_what, rest) => {
    const slow = await startPortalUnderTest({ requestTimeoutMs: 50 })
    const Cookie = await slow.signIn('ada')
    const head = `POST /token HTTP/1.1\r\nHost: localhost:${slow.port}\r\nOrigin: ${slow.url}\r\n`
    const type = `Content-Type: application/json\r\nCookie: ${Cookie}\r\n`
    expect(await sendBytes(slow.port, head + type + rest)).toMatch(/^HTTP\/1\.1 408 /)
    expect(slow.signed).toEqual([])
    await slow.close()
  })
})

describe('the headers', () => {
  it('of every answer keep it out of frames, caches and other sites', async () => {
    for (const path of ['/', '/nothing', '/config.json', '/token']) {
      const { headers } = await sendRaw(portal.port, path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      })
    }
  })

  it('of the sign-in page allow no script at all', async () => {
    const { headers } = await sendRaw(portal.port, '/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/script-src|connect-src|unsafe/)
  })

  it('of the dashboard let it speak to Qlik and to nobody else', async () => {
    const response = await portal.get('/', await portal.signIn('ada'))
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("connect-src 'self' http://localhost:4848 ws://localhost:4848")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toMatch(/unsafe-eval|\*|https:/)
  })
})

describe('createPortal', () => {
  const qlik = { url: 'http://localhost:4848', issuer: 'i', webIntegrationId: 'w', appId: 'a' }
  const signer = { sign: () => Promise.reject(new Error('not asked')) }
  const common = { port: 0, qlik, signer, pageFolder: '.' }

  it('stays on this machine: its sign-in asks for no password', async () => {
    await expect(createPortal({ ...common, host: '0.0.0.0' })).rejects.toThrow(/on this machine/)
  })

  it.each(['localhost:3000', 'http://localhost:3000/portal', 'ftp://localhost', ''])(
    'refuses %j as its address',
    async (publicUrl) => {
      await expect(createPortal({ ...common, publicUrl })).rejects.toThrow(/publicUrl is ".*origin/)
    },
  )

  it('takes plain http for names of this machine alone', async () => {
    const publicUrl = 'http://portal.acme.example'
    await expect(createPortal({ ...common, publicUrl })).rejects.toThrow(/Use https/)
    const remote = { ...qlik, url: 'http://acme.eu.qlikcloud.com' }
    await expect(createPortal({ ...common, qlik: remote })).rejects.toThrow(/qlik\.url.*Use https/)
  })

  it('says how to build the pages when there are none', async () => {
    const pageFolder = await mkdtemp(join(tmpdir(), 'portal-empty-'))
    await expect(createPortal({ ...common, pageFolder })).rejects.toThrow(/Build the pages first/)
    await rm(pageFolder, { recursive: true })
  })

  it('fails when the port is taken', async () => {
    await expect(startPortalUnderTest({ port: portal.port })).rejects.toThrow(/EADDRINUSE/)
  })
})
