// What others made to lead servers astray, as bytes against the gateway’s front: nothing that two servers could
// understand differently may reach Qlik. The lists are not in the repository: JOTGATE_CORPORA names the folder
// that holds them, and without it this file says that it was skipped.
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frontHost } from './front.fixture.ts'
import { startRecordedFront } from './recorded-front.fixture.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const corpora = process.env.JOTGATE_CORPORA ?? ''
const absent = !existsSync(`${corpora}/http1`)
if (absent)
  console.warn('Skipped: llhttp and PayloadsAllTheThings. JOTGATE_CORPORA names no such folder.')

interface Case {
  id: string
  type: string
  input_b64: string
  expect: 'accept' | 'reject'
  lenient: boolean
}

const readLines = (file: string) =>
  readFileSync(`${corpora}/payloadsallthethings/${file}`, 'utf8').split('\n').filter(Boolean)

/** Those of the list whose value must be another one, or which must not come at all. */
const refusedNames = [
  'content-length',
  'expect',
  'host',
  'transfer-encoding',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]

const head = (target: string, more = '') =>
  `GET ${target} HTTP/1.1\r\nHost: ${frontHost}\r\n${more}Connection: close\r\n\r\n`

describe.skipIf(absent)('G-R1 the front', () => {
  let stage: Awaited<ReturnType<typeof startRecordedFront>>
  beforeEach(async () => {
    stage = await startRecordedFront()
  })
  afterEach(() => stage.close())

  it('takes no request of llhttp’s cases in an ambiguous form', async () => {
    const { tests } = JSON.parse(readFileSync(`${corpora}/http1/llhttp.json`, 'utf8')) as {
      tests: Case[]
    }
    const cases = tests.filter(({ type }) => type.startsWith('request'))
    expect(cases).toHaveLength(166)
    const inputs = cases.flatMap((each) => {
      const bytes = Buffer.from(each.input_b64, 'base64').toString('latin1')
      // Node answers a missing Host first, which hides the rest.
      const withHost = bytes.replaceAll(/( HTTP\/\d\.\d\r?\n)/g, `$1Host: ${frontHost}\r\n`)
      return [
        { ...each, bytes, name: `${each.id} as it is` },
        { ...each, bytes: withHost, name: `${each.id} with Host` },
      ]
    })
    const answers = await stage.sendAll(inputs.map(({ bytes }) => bytes))
    expect(stage.problems()).toEqual([])
    const taken = inputs.filter((_, at) => answers[at]?.includes('taken'))
    expect(taken.length).toBeGreaterThan(5)
    expect(taken.filter(({ lenient, expect }) => lenient || expect === 'reject')).toEqual([])
  })

  it('T-H04 lets no traversal leave the path it begins with', async () => {
    const lines = ['directory_traversal.txt', 'deep_traversal.txt'].flatMap(readLines)
    expect(lines.length).toBeGreaterThan(1_000)
    const targets = lines.flatMap((line) => {
      const path = line.replaceAll('{FILE}', 'api/v1/users').replaceAll(' ', '%20')
      return [`/resources/${path}`, `/resources${path}`]
    })
    await stage.sendAll(targets.map((target) => head(target)))
    expect(stage.problems()).toEqual([])
    const reached = stage.recorder.connections.map(({ target = '' }) => target)
    for (const target of reached) {
      expect(targets).toContain(target)
      for (const decode of [(text: string) => text, decodeURIComponent]) {
        const once = decode(target).replaceAll('\\', '/')
        const { pathname } = new URL(`http://a${decode(once)}`)
        expect(pathname.startsWith('/resources'), target).toBe(true)
        expect(once, target).not.toMatch(/(^|\/)\.\.?([ ;/]|$)/)
      }
    }
  })

  it('T-H08 lets no encoded line break become a line', async () => {
    const lines = readLines('crlfinjection.txt')
    const inputs = lines.flatMap((line) => {
      const raw = line.replaceAll(/%0d/gi, '\r').replaceAll(/%0a/gi, '\n')
      return [
        head(line.startsWith('/') ? line : `/${line}`),
        head(`/x?next=${line}`),
        head('/x', `X-A: ${line}\r\n`),
        // Both together are a line of the client's own.
        ...(raw.includes('\r\n') ? [] : [head('/x', `X-A: ${raw}\r\n`)]),
        head('/x', `X-A: ${Buffer.from(decodeURI(encodeURI(line))).toString('latin1')}\r\n`),
      ]
    })
    await stage.sendAll(inputs)
    expect(stage.problems()).toEqual([])
    const names = new Set(
      stage.recorder.connections.flatMap(({ fields }) => fields.map(([n]) => n)),
    )
    expect(names).not.toContain('set-cookie')
  })

  it('T-H12, T-H20 takes no known field name for anything but a field', async () => {
    const names = readLines('param_miner_lowercase_headers.txt')
    expect(names.length).toBeGreaterThan(1_000)
    // All of them in `npm run test:long`.
    const some = names.filter((_, at) => scale > 1 || at % 5 === 0)
    const inputs = [...some, ...refusedNames].flatMap((name) => [
      head('/x', `${name}: jotgate-probe\r\n`),
      head('/x', `Connection: ${name}\r\n`),
      head('/x', `${name.replaceAll('-', '_')}: jotgate-probe\r\n`),
    ])
    const answers = await stage.sendAll(inputs)
    expect(stage.problems()).toEqual([])
    expect(answers.every((answer) => /^HTTP\/1\.1 (200|4\d\d) /.test(answer))).toBe(true)
    const refused = inputs
      .filter((_, at) => !answers[at]?.startsWith('HTTP/1.1 200 '))
      .map((input) => /\r\n(.+?): jotgate-probe/.exec(input)?.[1] ?? input)
    // Some of the list are not names of a field at all.
    expect(new Set(refused.filter((name) => !name.includes('/')))).toEqual(new Set(refusedNames))
  })
})
