// The framing of a request, changed in every way that two servers may read differently: the method of
// https://github.com/defparam/smuggler, and changes at random of llhttp's kind of cases.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { frontHost } from './front.fixture.ts'
import { startRecordedFront } from './recorded-front.fixture.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

/** Every place in and around a Transfer-Encoding line. */
const places: readonly ((byte: string) => string)[] = [
  (byte) => `${byte}Transfer-Encoding: chunked`,
  (byte) => `Transfer${byte}Encoding: chunked`,
  (byte) => `Transfer-Encoding${byte}: chunked`,
  (byte) => `Transfer-Encoding${byte}chunked`,
  (byte) => `Transfer-Encoding:${byte}chunked`,
  (byte) => `Transfer-Encoding: chunked${byte}`,
  (byte) => `Transfer-Encoding: x${byte}chunked`,
  (byte) => `X: x${byte}Transfer-Encoding: chunked`,
  (byte) => `X: x\r${byte}Transfer-Encoding: chunked`,
  (byte) => `X: x${byte}\nTransfer-Encoding: chunked`,
]

const requestWith = (line: string) =>
  `POST /x HTTP/1.1\r\nHost: ${frontHost}\r\n${line}\r\nContent-Length: 5\r\nConnection: close\r\n\r\n0\r\n\r\n`

describe('G-R2 what is not one request', () => {
  let stage: Awaited<ReturnType<typeof startRecordedFront>>
  beforeAll(async () => {
    stage = await startRecordedFront()
  })
  afterAll(() => stage.close())

  it('T-H05 never reaches Qlik by a changed Transfer-Encoding', async () => {
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    const inputs = places.flatMap((place) => bytes.map((byte) => requestWith(place(byte))))
    const answers = await stage.sendAll(inputs)
    expect(stage.problems()).toEqual([])
    // Each is one request at most, and the five bytes are its body.
    const { connections } = stage.recorder
    expect(connections.length).toBe(answers.filter((answer) => answer.includes('taken')).length)
    expect(new Set(connections.map(({ body }) => body))).toEqual(new Set(['0\r\n\r\n']))
    const names = new Set(connections.flatMap(({ fields }) => fields.map(([name]) => name)))
    expect(names).not.toContain('transfer-encoding')
  })

  it('T-H05 never reaches Qlik by changes at random', async () => {
    const piece = fc.oneof(
      fc.constantFrom(...pieces),
      fc.string({ unit: 'binary-ascii', maxLength: 3 }),
      fc.integer({ min: 128, max: 255 }).map((code) => String.fromCharCode(code)),
    )
    const changed = fc
      .tuple(
        fc.constantFrom(...wholes),
        fc.array(fc.record({ at: fc.nat(400), drop: fc.nat(3), piece, isLine: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        }),
      )
      .map(([whole, changes]) => {
        let text: string = whole
        for (const { at, drop, piece: added, isLine } of changes) {
          // Whole lines more often than the middle of one.
          const lines = [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2)
          const from = isLine ? (lines[at % lines.length] ?? 0) : at % text.length
          text = text.slice(0, from) + added + text.slice(from + (isLine ? 0 : drop))
        }
        return text
      })
    const before = stage.recorder.connections.length
    const count = 2_000 * scale
    const { seed } = fc.readConfigureGlobal()
    const inputs = fc.sample(changed, { numRuns: count, ...(seed === undefined ? {} : { seed }) })
    await stage.sendAll(inputs)
    expect(stage.problems()).toEqual([])
    expect(stage.recorder.connections.length - before).toBeGreaterThan(count / 100)
    // It still answers.
    expect(await stage.sendAll([requestWith('X: 1')])).toEqual([expect.stringContaining('taken')])
  })
})

const start = `Host: ${frontHost}\r\nConnection: close\r\n`

/** What is changed. */
const wholes = [
  `GET /a?b=c HTTP/1.1\r\n${start}Accept: */*\r\n\r\n`,
  `POST /a HTTP/1.1\r\n${start}Content-Length: 5\r\n\r\nhello`,
  `POST /a HTTP/1.1\r\n${start}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `PUT /a HTTP/1.1\r\n${start}Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n`,
  `GET /a HTTP/1.1\r\nHost: ${frontHost}\r\n\r\nGET /b HTTP/1.1\r\n${start}\r\n`,
  `POST /a HTTP/1.1\r\nHost: ${frontHost}\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n${start}\r\n`,
  `DELETE /a HTTP/1.1\r\n${start}Cookie: a=b; c=d\r\nX-A: 1\r\nX-A: 2\r\n\r\n`,
]

/** What it is changed by. */
const pieces = [
  ...[
    '\r',
    '\n',
    '\r\n',
    '\r\n ',
    '\t',
    ' ',
    '\0',
    '\v',
    ':',
    ';',
    ',',
    '\x7f',
    '\xa0',
    '"',
    '\\',
    '#',
  ],
  ...['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\n', 'TE: trailers\r\n'],
  ...['Content-Length: 0\r\n', 'Content-Length: +5\r\n', 'Content-Length: 5, 5\r\n'],
  ...[
    `Host: ${frontHost}\r\n`,
    'Host: evil.example\r\n',
    'Upgrade: h2c\r\nConnection: Upgrade\r\n',
  ],
  ...[
    'Expect: 100-continue\r\n',
    'Connection: content-length, host\r\n',
    'transfer_encoding: chunked\r\n',
  ],
  ...[
    'GET /c HTTP/1.1\r\n',
    'http://evil.example/',
    '//',
    '/../',
    '%2e%2e/',
    '0\r\n\r\n',
    'ffffffff\r\n',
  ],
]
