import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { gatewayRequest } from '../request.fixture.ts'
import { createRefusedPaths } from './refused-paths.ts'

/** The table with the log lines that it wrote. */
function startTable() {
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const { note } = createRefusedPaths(log)
  return {
    lines,
    ask: (path: string, referer?: string) =>
      note(
        gatewayRequest({ headers: referer === undefined ? {} : { referer } }),
        'GET',
        path,
        false,
      ),
  }
}

describe('paths that are not on the allow-list', () => {
  it('are logged with the page that asked, without its query', () => {
    const { ask, lines } = startTable()
    ask('/api/v1/data-files', 'https://www.acme.example/sales?token=secret#top')
    expect(lines).toMatchObject([
      {
        event: 'path-not-listed',
        method: 'GET',
        path: '/api/v1/data-files',
        page: 'https://www.acme.example/sales',
        count: 1,
        carried: false,
      },
    ])
  })

  it('are told once for all IDs, and again at the tenth and hundredth time', () => {
    const { ask, lines } = startTable()
    for (let at = 0; at < 150; at += 1) ask(`/api/v1/notes/5f0c7e52a1b2c3d4e5f6${1000 + at}`)
    expect(lines.map(({ path, count }) => [path, count])).toEqual([
      ['/api/v1/notes/{id}', 1],
      ['/api/v1/notes/{id}', 10],
      ['/api/v1/notes/{id}', 100],
    ])
  })

  it.each(['data:text/html,a', 'no address', `https://a.example/${'a'.repeat(5000)}`])(
    'have no page when the Referer is %.20s',
    (referer) => {
      const { ask, lines } = startTable()
      ask('/x', referer)
      expect(lines[0]).not.toHaveProperty('page')
    },
  )

  it('fill a bounded table, which says once that it is full', () => {
    const { ask, lines } = startTable()
    for (let at = 0; at < 1200; at += 1) ask(`/a${at}`)
    expect(lines).toHaveLength(1001)
    expect(lines.at(-1)).toMatchObject({ event: 'paths-not-listed-full', max: 1000 })
  })

  it('show nothing long, which may be a secret, and are cut off', () => {
    const { ask, lines } = startTable()
    ask(`/x/${'secret-0'.repeat(2)}/${'a'.repeat(61)}/${'b/'.repeat(400)}`)
    expect(lines[0]?.path).toMatch(/^\/x\/\{id\}\/\{id\}\/b\//)
    expect(String(lines[0]?.path).length).toBeLessThanOrEqual(300)
  })
})
