import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RecordedRequest } from 'jotgate-emulator'
import { expect, it, onTestFinished } from 'vitest'
import { createLoginSource } from './login-sources.ts'

const at = Date.UTC(2026, 0, 1)
const after = (seconds: number) => new Date(at + seconds * 1000).toISOString()
const origin = 'http://www.acme.localhost:3000'

/** An audit log with these lines, each at a second of its own. */
async function auditFolder(lines: readonly object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-audit-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const text = lines.map((line, second) => JSON.stringify({ time: after(second), ...line }))
  // What is under way is not whole yet.
  await writeFile(join(folder, 'vm_1.jsonl'), `cut"}\n${text.join('\n')}\n{"time":"`)
  await mkdir(join(folder, 'other'))
  return folder
}

const request = (second: number, more: Partial<RecordedRequest>): RecordedRequest => ({
  number: second,
  product: 'cloud',
  at: after(second),
  method: 'GET',
  path: '/api/v1/users/me',
  query: [],
  host: 'tenant',
  cookies: ['eas.sid'],
  caller: 'session',
  userId: 'u1',
  status: 200,
  setCookies: [],
  ...more,
})
const tokenOf = (jti: string) => ({
  header: {},
  claims: { jti },
  verdict: [{ rule: 'a', outcome: 'passed' as const }],
  accepted: true,
})
const login = (jti: string) =>
  request(4, {
    method: 'POST',
    path: '/login/jwt-session',
    caller: 'nobody',
    cookies: [],
    setCookies: ['eas.sid'],
    token: tokenOf(jti),
  })

const signed = {
  requestId: 'r1',
  at,
  until: at + 60_000,
  durationMs: 1,
  jti: 'assertion-1',
  subject: 'acme|ada',
  path: '/assertion',
}
const ada = { hostSubject: 'acme|ada', subject: 'acme|ada' }

function sourceOf(folder: string, requests: readonly RecordedRequest[]) {
  return createLoginSource({
    auditFolder: folder,
    requests: () => requests,
    origins: [origin],
    userIdOf: (subject) => (subject === 'acme|ada' ? 'u1' : undefined),
  })
}

it('follows the IDs of tokens from the assertion to Qlik’s record, through the gateway’s', async () => {
  const folder = await auditFolder([
    { event: 'enter', ...ada, session: 'session-1', jti: 'assertion-1', groups: ['sales'] },
    { event: 'enter', hostSubject: 'acme|bjorn', subject: 'b', session: 's2', jti: 'assertion-2' },
    { event: 'mint', ...ada, session: 'session-1', jti: 'token-of-qlik' },
    { event: 'mint', hostSubject: 'acme|bjorn', subject: 'b', session: 's2', jti: 'token-2' },
    {
      event: 'qlik-session-open',
      ...ada,
      session: 'session-1',
      qlikSession: 'qlik-session-1',
      jti: 'token-of-qlik',
    },
    { event: 'socket-open', ...ada, session: 'session-1', qlikSession: 'qlik-session-1' },
    { event: 'enter', ...ada, session: 'session-1', jti: 'assertion-3' },
    { event: 'socket-open', ...ada, session: 'session-1', qlikSession: 'qlik-session-1' },
  ])
  const records = await sourceOf(folder, [
    login('token-of-qlik'),
    login('token-2'),
    request(5, {}),
    request(5, { userId: 'u2' }),
    request(6, { path: '/app/a', status: 101 }),
    request(7, { path: '/api/v1/items' }),
    request(70, {}),
  ])(signed)
  expect(records.map(({ what, from, to }) => `${from} ${to} ${what}`)).toEqual([
    'gateway gateway audit line: enter',
    'gateway gateway audit line: mint',
    'gateway gateway audit line: qlik-session-open',
    'gateway gateway audit line: socket-open',
    'gateway qlik POST /login/jwt-session',
    'gateway qlik GET /api/v1/users/me',
    'gateway qlik web socket /app/a',
  ])
  expect(records[0]).toMatchObject({
    at,
    sent: 'acme|ada; groups sales; jti assertio…; gateway session session-…',
  })
  expect(records[4]?.sent).toBe(
    'a token with jti token-of…, accepted after 1 checks; answered 200; sets eas.sid',
  )
})

it('finds the Qlik session that another session of the person has opened before', async () => {
  const at = { ...ada, upstream: 'cloud' }
  const other = { ...ada, upstream: 'client-managed', session: 's2' }
  const folder = await auditFolder([
    { event: 'mint', ...at, session: 's0', jti: 'token-0' },
    { event: 'qlik-session-open', ...at, session: 's0', qlikSession: 'q0', jti: 'token-0' },
    // Theirs at the other Qlik.
    { event: 'mint', ...other, jti: 'token-2' },
    { event: 'qlik-session-open', ...other, qlikSession: 'q2', jti: 'token-2' },
    { event: 'enter', ...at, session: 's1', jti: 'assertion-1' },
  ])
  const records = await sourceOf(folder, [login('token-0')])(signed)
  expect(records.map(({ what }) => what)).toEqual([
    'audit line: enter',
    'audit line: mint',
    'audit line: qlik-session-open',
    'POST /login/jwt-session',
  ])
})

it('shows at Qlik itself what the page sent, also without a cookie', async () => {
  const folder = await auditFolder([])
  const records = await sourceOf(folder, [
    login('token-1'),
    request(5, { caller: 'nobody', cookies: [], status: 401, path: '/api/v1/csrf-token', origin }),
    request(5, { caller: 'nobody', status: 401, path: '/api/v1/csrf-token' }),
  ])({ ...signed, jti: 'token-1', path: '/token' })
  expect(records.map(({ from, what, sent }) => `${from} ${what}: ${sent}`)).toEqual([
    'browser POST /login/jwt-session: a token with jti token-1…, accepted after 1 checks; answered 200; sets eas.sid',
    'browser GET /api/v1/csrf-token: no cookie; answered 401',
  ])
})

it('knows nothing of an assertion that the gateway has not taken', async () => {
  expect(await sourceOf(await auditFolder([]), [login('token-1')])(signed)).toEqual([])
})
