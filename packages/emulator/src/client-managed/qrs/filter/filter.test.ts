import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startQrs } from '../qrs.fixture.ts'
import { parseFilter } from './parse-filter.ts'

async function found(filter: string, path = 'virtualproxyconfig', qrs = startQrs()) {
  qrs.repository.virtualProxies.add({
    ...(qrs.repository.virtualProxies.list()[0] ?? expect.fail('no virtual proxy')),
    prefix: 'o’neil',
    description: "Ada's (first)",
    authenticationMethod: 4,
    sessionInactivityTimeout: 60,
    defaultVirtualProxy: false,
  })
  const query = new URLSearchParams({ filter })
  return qrs.call('GET', `/qrs/${path}/count?${query}`)
}

describe('a filter', () => {
  it.each([
    ["prefix eq 'o’neil'", 1],
    ["Prefix EQ 'O’NEIL'", 1],
    ["prefix ne ''", 1],
    ["description sw 'ada'", 1],
    ["description ew 'FIRST)'", 1],
    ["description so 's (f'", 1],
    ["description eq 'Ada''s (first)'", 1],
    ["description eq 'Ada\\'s (first)'", 1],
    ['authenticationMethod eq 4', 1],
    ['authenticationMethod eq JWT', 1],
    ["authenticationMethod ne 'jwt'", 1],
    ['sessionInactivityTimeout gt 30 and sessionInactivityTimeout le 60', 1],
    ['sessionInactivityTimeout ge 30', 2],
    ['sessionInactivityTimeout lt 30', 0],
    ['defaultVirtualProxy eq True', 1],
    ["createdDate lt '2026-06-01 12:00:00'", 2],
    ["createdDate ge '2026-01-01T00:00:00.001Z'", 0],
    // `and` binds closer than `or`.
    ["prefix eq '' or prefix eq 'x' and prefix eq 'y'", 1],
    ["(prefix eq '' or prefix eq 'o’neil') and defaultVirtualProxy eq false", 1],
    ["((prefix eq ''))", 1],
    ["loadBalancingServerNodes.name eq 'Central'", 2],
    ["tags.name eq 'none'", 0],
  ])('%s finds %i', async (filter, count) => {
    expect((await found(filter)).body).toEqual({ value: count })
  })

  it.each([
    ['servernodeconfiguration', 'isCentral eq true', 1],
    ['proxyservice', "serverNodeConfiguration.hostName eq 'localhost'", 1],
    ['proxyservice', "settings.virtualProxies.prefix eq ''", 1],
    ['app', "stream.name eq 'Everyone' and published eq true", 1],
    ['app', "stream.owner.userId eq 'administrator'", 1],
    ['user', "roles eq 'RootAdmin'", 3],
    ['servicestatus', 'serviceType eq Proxy and serviceState eq 2', 1],
  ])('of %s looks through references: %s', async (path, filter, count) => {
    expect((await found(filter, path)).body).toEqual({ value: count })
  })

  it('finds by ID with and without quotes', async () => {
    const qrs = startQrs()
    const [{ id } = { id: '' }] = qrs.repository.nodes.list()
    for (const filter of [`id eq ${id}`, `id eq '${id.toUpperCase()}'`])
      expect((await found(filter, 'servernodeconfiguration', qrs)).body).toEqual({ value: 1 })
  })

  it.each([
    'prefix',
    'prefix eq',
    'prefix is empty',
    'prefix eq jwt',
    "prefix eq 'jwt",
    "prefix eq 'it's'",
    "nothing eq 'x'",
    "tags.nothing eq 'x'",
    "prefix.length eq 'x'",
    "prefix gt 'a'",
    'defaultVirtualProxy eq maybe',
    'authenticationMethod eq Kerberos',
    'sessionInactivityTimeout sw 3',
    "createdDate gt 'yesterday'",
    "(prefix eq 'x'",
    "prefix eq 'x')",
    "prefix eq 'x' and",
    "prefix eq 'x' xor prefix eq 'y'",
    "not prefix eq 'x'",
    "tags eq 'x'",
    `${'('.repeat(60)}prefix eq ''${')'.repeat(60)}`,
  ])('is refused with its text: %s', async (filter) => {
    const answer = await found(filter)
    expect(answer.status).toBe(400)
    expect(answer.body).toBe(`Cannot parse the expression: ${filter}`)
  })

  it('has not where that is chosen', async () => {
    const qrs = startQrs()
    qrs.switches.qrsFilterNot = true
    expect((await found("not (prefix eq '')", 'virtualproxyconfig', qrs)).body).toEqual({
      value: 1,
    })
  })

  it.each([
    ['doubled', "Ada''s (first)", "Ada\\'s (first)"],
    ['backslash', "Ada\\'s (first)", "Ada''s (first)"],
  ] as const)('takes quotes that are %s, and no others', async (quotes, right, wrong) => {
    const qrs = startQrs()
    qrs.switches.qrsQuotes = quotes
    const ask = (text: string) => found(`description eq '${text}'`, 'virtualproxyconfig', qrs)
    expect((await ask(right)).body).toEqual({ value: 1 })
    expect((await ask(wrong)).status).toBe(400)
  })
})

it('of hostile text is read or refused, and never throws', () => {
  const pieces = [
    'name',
    ' eq ',
    "'x'",
    "'",
    '\\',
    '(',
    ')',
    ' and ',
    ' or ',
    'not ',
    '.',
    ' ',
    '\n',
    '1',
    '💥',
    'tags.name',
  ]
  const language = {
    fields: { name: { kind: 'string' }, tags: { kind: 'references', to: 'Tag' } },
    find: () => undefined,
    quotes: 'both',
    hasNot: true,
  } as const
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces)).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (filter) => {
      const parsed = parseFilter(filter, language)
      expect(typeof (parsed?.({ name: 'x' }) ?? true)).toBe('boolean')
    }),
  )
  expect(parseFilter(`name eq '${'x'.repeat(10_000)}'`, language)).toBeUndefined()
  expect(parseFilter('( '.repeat(2000), language)).toBeUndefined()
})
