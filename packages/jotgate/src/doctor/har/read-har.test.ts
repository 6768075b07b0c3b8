import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bytesOf, harOf, recorders } from './har.fixture.ts'
import { cloudLogin } from './logins.fixture.ts'
import { parseHar, readHar } from './read-har.ts'

const problemOf = (bytes: Uint8Array) => {
  try {
    parseHar(bytes, 'login.har')
  } catch (error) {
    return String(error)
  }
  return 'none'
}

describe('a HAR', () => {
  it.each(recorders)('is read as %s writes it', (recorder) => {
    const { exchanges, leftOut } = parseHar(bytesOf(harOf(recorder, cloudLogin())), 'login.har')
    expect(leftOut).toBe(0)
    expect(exchanges.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'page 200',
      'other 200',
      'other 200',
      'other 204',
      'other 200',
      'socket 101',
      'frame 200',
    ])
    expect(exchanges[4]?.responseBody).toContain('Ada Lovelace')
    const hasFrames = recorder !== 'firefox' && recorder !== 'safari'
    expect(exchanges[5]?.frames?.length).toBe(hasFrames ? 3 : undefined)
  })

  it('may begin with a byte order mark', () => {
    const text = `\ufeff${JSON.stringify(harOf('chrome', cloudLogin()))}`
    expect(parseHar(bytesOf(text), 'login.har').exchanges).toHaveLength(7)
  })

  it('tells cookies also where they stand in lists of their own', () => {
    const har = harOf('chrome', [{ url: 'https://a.example/', kind: 'page' }])
    const [entry] = har.log.entries
    const cookie = { name: 'a', value: '1', sameSite: 'None', secure: true }
    Object.assign(entry?.request ?? {}, { cookies: [cookie] })
    Object.assign(entry?.response ?? {}, { cookies: [cookie] })
    const [exchange] = parseHar(bytesOf(har), 'a').exchanges
    expect(exchange?.requestHeaders.get('cookie')).toBe('a=1')
    expect(exchange?.responseHeaders.getSetCookie()).toEqual(['a=1; SameSite=None; Secure'])
  })

  it('leaves out what does not go over HTTP, and puts the others in order', () => {
    const har = harOf('chrome', [
      { url: 'https://a.example/2', at: '2026-11-29T08:00:02Z' },
      { url: 'https://a.example/1', at: '2026-11-29T08:00:01Z' },
      { url: 'data:text/plain,a' },
      { url: 'https://a.example/3', at: 'yesterday' },
    ])
    const entries: unknown[] = har.log.entries
    entries.push(null, 1, { request: null })
    const { exchanges, leftOut } = parseHar(bytesOf(har), 'a')
    expect(exchanges.map(({ url }) => url.pathname)).toEqual(['/1', '/2'])
    expect(leftOut).toBe(5)
  })

  it.each([
    ['', /it is empty$/],
    ['{"log":{"entries":[', /ends in the middle/],
    [JSON.stringify(harOf('chrome', cloudLogin())).slice(0, 900), /ends in the middle/],
    ['{"log":\n{]}', /is not JSON from line 2 on/],
    ['<!doctype html><title>Sign in</title>', /is HTML or XML/],
    ['[]', /has no member log/],
    ['{"log":{}}', /has no list log\.entries/],
    ['{"log":{"entries":[]}}', /has no requests/],
    ['{"log":{"entries":[{}]}}', /has no request whose address and time can be read/],
  ])('is told from what is none: %j', (text, says) => {
    expect(problemOf(bytesOf(text))).toMatch(says)
  })

  it.each([
    [gzipSync('{}'), /compressed by gzip/],
    [Buffer.from('PK\u0003\u0004'), /ZIP archive/],
    [Buffer.from('\ufeff{}', 'utf16le'), /UTF-16/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /is not UTF-8/],
  ])('is told from other files', (bytes, says) => {
    expect(problemOf(bytes)).toMatch(says)
  })

  it('repeats nothing of the file in an error', () => {
    for (const text of ['{"log": T0PSECRET', '{"log":{"entries":"T0PSECRET"}}'])
      expect(problemOf(bytesOf(text))).not.toContain('T0PSECRET')
  })

  it('has at most 20000 requests', () => {
    const entries = Array.from({ length: 20_001 }, () => ({}))
    expect(problemOf(bytesOf({ log: { entries } }))).toMatch(/has 20001 requests, more than 20000/)
  })

  it('is read from a file, which is named in errors', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jotgate-har-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'login.har')
    await writeFile(file, JSON.stringify(harOf('firefox', cloudLogin())))
    expect((await readHar(file)).recordedBy).toBe('Firefox 145.0')
    await expect(readHar(join(folder, 'none.har'), 'none.har')).rejects.toMatchObject({
      code: 'ERR_DOCTOR_HAR_FILE',
      message: 'none.har does not exist',
    })
  })
})
