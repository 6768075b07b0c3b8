// Lists that others made, through the front and the forwarder, to a Qlik that keeps every byte.
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ForwardStage,
  type RawUpstream,
  startForwardStage,
  startRawUpstream,
} from './forward-stage.fixture.ts'

const folder = `${process.env.JOTGATE_CORPORA ?? ''}/payloadsallthethings`
const absent = !existsSync(folder)
if (absent) console.warn('Skipped: header names. JOTGATE_CORPORA names no folder that holds them.')

const linesOf = (file: string) =>
  absent ? [] : readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean)

describe.skipIf(absent)('G-R1 what reaches Qlik', () => {
  let upstream: RawUpstream
  let stage: ForwardStage
  const heads: string[] = []
  beforeEach(async () => {
    heads.length = 0
    upstream = await startRawUpstream((head, socket) => {
      heads.push(head)
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')
    })
    stage = await startForwardStage(upstream.url)
  })
  afterEach(async () => {
    await stage.close()
    await upstream.close()
  })

  /** The fields of each head that came, apart from those that every request has. */
  const further = () => {
    const { host } = new URL(upstream.url)
    return heads.flatMap((head) => {
      const [first, ...lines] = head.trimEnd().split('\r\n')
      expect(first).toMatch(/^GET \/api\/\S* HTTP\/1\.1$/)
      const own = ['x-as: ada', 'cookie: user=ada; session=ada-1', `host: ${host}`]
      for (const line of own) expect(lines.filter((one) => one === line)).toHaveLength(1)
      return lines.filter((line) => !own.includes(line) && !/^(via|connection): /.test(line))
    })
  }

  it('T-O05 T-H12 is never a field that says who somebody is, or what else is asked for', async () => {
    const names = linesOf('param_miner_lowercase_headers.txt')
    expect(names.length).toBeGreaterThan(1000)
    const sendable = names.filter((name) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name))
    for (let at = 0; at < sendable.length; at += 20)
      await Promise.all(
        sendable.slice(at, at + 20).map((name) =>
          // What the front refuses never comes here.
          stage.ask('/api/v1/items', { as: 'ada', headers: { [name]: 'evil' } }).catch(() => {}),
        ),
      )
    const passed = further().map((line) => line.split(':')[0] ?? '')
    expect(passed.length).toBeGreaterThan(300)
    expect(passed.filter((name) => !/^[a-z\d-]+$/.test(name))).toEqual([])
    const telling =
      /^(?:x-)?(?:forwarded|original|rewrite|real|remote|client|user|auth|method|http|proxy|host|cluster)\b|cookie|authorization|csrf|override|(?:^|-)ip$/
    expect(passed.filter((name) => telling.test(name) && name !== 'user-agent')).toEqual([])
  })

  it('T-H08 is never more than one request for each that was sent', async () => {
    const lines = linesOf('crlfinjection.txt')
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) {
      const value = decodeURIComponent(line.replaceAll(/%(?![\da-f]{2})|%[89a-f][\da-f]/gi, ''))
      for (const text of [line, value.replaceAll(/[^\x20-\xff]/g, '\u00e0')])
        await stage.ask('/api/v1/items', { as: 'ada', headers: { 'x-one': text } }).catch(() => {})
    }
    for (const line of further()) expect(line).toMatch(/^x-one: [\x20-\x7e]*$/)
    expect(upstream.received.join('').match(/GET /g)).toHaveLength(heads.length)
  })
})
