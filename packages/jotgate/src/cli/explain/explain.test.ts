import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findByWords, qlikErrors } from '../../doctor/index.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'
import { allPages } from './pages.ts'

const pages = allPages()
const run = async (...args: string[]) => {
  const terminal = memoryTerminal({ folder: '.' })
  const exitCode = await runCli(['explain', ...args], terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

describe('the pages', () => {
  it('have a name each', () => {
    const names = pages.map(({ name }) => name.toLowerCase())
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it('are there for the errors of every part', () => {
    const parts = fileURLToPath(new URL('../..', import.meta.url))
    const prefixes = readdirSync(parts)
      .filter((part) => readdirSync(`${parts}/${part}`).includes('errors.ts'))
      .map((part) => (part === 'keys' ? 'ERR_KEY' : `ERR_${part.toUpperCase()}`))
      // The lowest part defines what an error is and has none of its own.
      .filter((prefix) => prefix !== 'ERR_ERRORS')
    expect(prefixes.length).toBeGreaterThanOrEqual(6)
    const without = prefixes.filter((prefix) => !pages.some(({ name }) => name.startsWith(prefix)))
    expect(without).toEqual([])
  })

  it.each(pages)(
    'tell of $name in short sentences, with what to do',
    ({ title, texts, facts, action }) => {
      for (const text of [title, ...texts, ...Object.values(facts), action]) {
        expect(text.trim()).toBe(text)
        expect(text).not.toMatch(/undefined|\n/)
      }
      expect(action.length).toBeGreaterThan(5)
    },
  )

  it.each(qlikErrors)(
    'tell cause, source and certainty of $name',
    ({ cause, source, certainty }) => {
      expect(cause).toMatch(/^[A-Z].*\.$/)
      expect(source).not.toBe('')
      expect(['verified', 'inferred']).toContain(certainty)
    },
  )
})

describe('a page is found', () => {
  const found = (asked: string) => findByWords(pages, asked).map(({ name }) => name)

  it.each(pages.map(({ name }) => name))('by its name in any case: %s', (name) => {
    expect(found(name)).toEqual([name])
    expect(found(name.toLowerCase())).toEqual([name])
  })

  it.each(qlikErrors.flatMap(({ name, texts }) => texts.map((text) => ({ name, text }))))(
    'by what Qlik said: $text',
    ({ name, text }) => {
      expect(found(text)).toContain(name)
      expect(found(`  ${text.toUpperCase()}\n`)).toContain(name)
    },
  )

  it.each([
    ['Could not authenticate', 'QSEOW-NO-AUTHENTICATION'],
    ['not included in web integration', 'LOGIN-10'],
    ['WebSocket closed with 4203: No permission to open the app', '4203'],
    [
      '{"errors":[{"code":"LOGIN-12","title":"Multiple active users detected","status":"400"}]}',
      'LOGIN-12',
    ],
    [
      '{"errors":[{"title":"Invalid token request","detail":"JWT_LOGIN_VALIDATIONS Missing required claim: nbf","code":"INTERNAL-TOKEN-1","status":"400"}],"traceId":"d4f3"}',
      'INTERNAL-TOKEN-1',
    ],
  ])('by a part of a text or a whole answer: %s', (asked, name) => {
    expect(found(asked)[0]).toBe(name)
  })

  // As proxies, programs and browsers show what client-managed Qlik answers.
  it.each([
    ['403::XSRF prevention check failed. Possible XSRF discovered.', 'QSEOW-XSRF'],
    ['400: missing parameter value(s)', 'QRS-MISSING-PARAMETER'],
    ["Received error code: 400::Cannot parse the expression: name eq 'x", 'QRS-FILTER'],
    ['HTTP/1.1 400 <h1>The http request header is incorrect</h1>', 'QSEOW-PREFIX'],
    ['WebSocketBadStatusException: Handshake status 403 Forbidden', 'QSEOW-CSWSH'],
    ['Error: Unexpected server response: 403', 'QSEOW-CSWSH'],
    ['Error during WebSocket handshake: Unexpected response code: 403', 'QSEOW-CSWSH'],
    ['HTTP 401 Unauthorized', 'QSEOW-TOKEN-REFUSED'],
    ['expected an authentication header', 'QSEOW-NO-AUTHENTICATION'],
    ['403 Forbidden', 'QSEOW-CSRF-TOKEN-FORBIDDEN'],
    ['403 Forbidden', 'QPS-FORBIDDEN'],
    ['403 Forbidden', 'QRS-FORBIDDEN'],
    ['"403 FORBIDDEN"', 'QPS-FORBIDDEN'],
    ['409 Conflict', 'QRS-CONFLICT'],
    ['onMaxParallelSessionsExceeded', 'OnMaxParallelSessionsExceeded'],
    ['{"code": -1, "message": "Socket closed"}', 'NOT_CONNECTED'],
    ['OnAuthenticationInformation mustAuthenticate:true', 'OnAuthenticationInformation'],
    ['"mustAuthenticate": true', 'OnAuthenticationInformation'],
    ['{"code":1002,"message":"App already open"}', 'APP-ALREADY-OPEN'],
    ['1009: app already open in different mode', 'APP-ALREADY-OPEN'],
    ['Hostname/IP does not match certificate’s altnames: Host: x', 'QPS-HOST-NAME'],
    ['empty app list', 'QSEOW-EMPTY-APP-LIST'],
    ['blank iframe', 'QSEOW-IFRAME-LOGIN'],
  ])('by what a user pastes: %s', (asked, name) => {
    expect(found(asked)).toContain(name)
  })

  it('not by a few letters, or by a part of a name', () => {
    expect(found('to')).toEqual([])
    expect(found('the answer LOGIN-123')).toEqual([])
  })
})

describe('jotgate explain', () => {
  it('prints one page: name, cause, what to do, source', async () => {
    const { exitCode, out, err } = await run('LOGIN-8')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^LOGIN-8\nIllegal returnto value\n\nproduct +Qlik Cloud\n/)
    for (const label of ['cause', 'source', 'what to do']) expect(out).toMatch(`\n${label} `)
  })

  it('prints it as JSON', async () => {
    const { out } = await run('err_key_mode', '--json')
    expect(JSON.parse(out)).toMatchObject([
      { name: 'ERR_KEY_MODE', kind: 'error', facts: { kind: 'failure (exit code 1)' } },
    ])
  })

  it('lists all pages without a name', async () => {
    const { exitCode, out } = await run()
    expect(exitCode).toBe(0)
    for (const heading of ['Errors of jotgate', 'Rules for tokens and keys', 'Errors of Qlik'])
      expect(out).toContain(`${heading}\n`)
    const json = JSON.parse((await run('--json')).out) as { name: string }[]
    expect(json.map(({ name }) => name)).toEqual(pages.map(({ name }) => name))
    for (const { name } of json) expect(out).toContain(`\n  ${name}: `)
  })

  it('lists the pages when many fit', async () => {
    expect((await run('A fault at')).exitCode).toBe(2)
    expect((await run('claim')).out).toMatch(/^\d+ pages have that text:\n/)
  })

  it('names the nearest one for a name that is not there, and repeats nothing else', async () => {
    const unknown = await run('LOGIN-22')
    expect(unknown).toMatchObject({ exitCode: 2, out: '' })
    expect(unknown.err).toMatch(/There is no page for LOGIN-22; did you mean LOGIN-2\?/)
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzZWNyZXQiOiJUT1BTRUNSRVQifQ.AAAA'
    const secret = await run(token)
    expect(secret.exitCode).toBe(2)
    expect(secret.err).not.toContain(token)
  })
})
