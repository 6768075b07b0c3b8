import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { productFor } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import { gatewayRequest } from '../request.fixture.ts'
import { createAllowList } from './allow-list.ts'
import { createPathProposals } from './path-proposals.ts'
import { createRefusedPaths } from './refused-paths.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const { gatewayRules: rules } = productFor(tenant)

describe('lines for the allow-list', () => {
  it('are made of what the gateway logs, and list it', () => {
    const proposals = createPathProposals()
    const log = pino({ base: null }, { write: (line: string) => proposals.add(line) })
    const { note } = createRefusedPaths(log)
    const ask = (method: string, path: string, page: string) =>
      note(
        gatewayRequest({ headers: { referer: `https://www.acme.example${page}` } }),
        method,
        path,
        false,
      )
    for (let at = 0; at < 12; at += 1)
      ask('GET', `/api/v1/data-files/5f0c7e52a1b2c3d4e5f6${1000 + at}`, '/sales')
    ask('HEAD', '/api/v1/data-files/5f0c7e52a1b2c3d4e5f61000', '/sales')
    ask('DELETE', '/api/v1/data-files/5f0c7e52a1b2c3d4e5f61000', '/files')
    ask('upgrade', '/other/Ma%C3%9F', '/sales')
    expect(proposals.list()).toEqual([
      {
        line: 'GET,DELETE /api/v1/data-files/{id}',
        requests: 12,
        pages: ['https://www.acme.example/files', 'https://www.acme.example/sales'],
        carried: false,
      },
      {
        line: 'upgrade /other/Ma%C3%9F',
        requests: 1,
        pages: ['https://www.acme.example/sales'],
        carried: false,
      },
    ])
    const list = createAllowList({
      rules,
      presets: [],
      allowPaths: proposals.list().map(({ line }) => line),
    })
    expect(list.find('DELETE', '/api/v1/data-files/abc').verdict).toBe('listed')
    expect(list.find('upgrade', '/other/Ma%C3%9F').verdict).toBe('listed')
  })

  const line = { event: 'path-not-listed', method: 'GET', path: '/a', count: 1, carried: false }

  it.each([
    '',
    'a line of another program about "path-not-listed"',
    '["path-not-listed"]',
    JSON.stringify({ ...line, event: 'other', text: '"path-not-listed"' }),
    JSON.stringify({ ...line, method: 'TRACE' }),
    JSON.stringify({ ...line, method: 5 }),
    JSON.stringify({ ...line, path: '/a/../b' }),
    JSON.stringify({ ...line, path: '/*' }),
    JSON.stringify({ ...line, path: '/a b' }),
    JSON.stringify({ ...line, path: ['/a'] }),
  ])('are not made of %s', (other) => {
    const proposals = createPathProposals()
    expect(proposals.add(other)).toBe(false)
    expect(proposals.list()).toEqual([])
  })

  it('are made of lines that a collector of logs has added to', () => {
    const proposals = createPathProposals()
    expect(
      proposals.add(JSON.stringify({ ...line, count: 'many', host: 'a', carried: true })),
    ).toBe(true)
    expect(proposals.list()).toEqual([{ line: 'GET /a', requests: 1, pages: [], carried: true }])
  })

  it('are bounded', () => {
    const proposals = createPathProposals()
    for (let at = 0; at < 10_100; at += 1)
      proposals.add(JSON.stringify({ ...line, path: `/a${at}` }))
    for (let at = 0; at < 30; at += 1)
      proposals.add(JSON.stringify({ ...line, path: '/a0', page: `p${at}` }))
    const list = proposals.list()
    expect(list).toHaveLength(10_000)
    expect(list[0]?.pages).toHaveLength(20)
  })
})
