import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Happened, harOf } from '../../doctor/har/har.fixture.ts'
import {
  changed,
  cloudLogin,
  gatewayLogin,
  page,
  tokenOf,
} from '../../doctor/har/logins.fixture.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-doctor-har-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function doctor(
  all: readonly Happened[],
  options: { more?: string[]; columns?: number } = {},
) {
  await writeFile(join(folder, 'login.har'), JSON.stringify(harOf('chrome', all)))
  const { columns } = options
  const terminal = Object.assign(memoryTerminal({ folder }), {
    stdoutIsTerminal: columns !== undefined,
    columns: { stdout: columns, stderr: undefined },
  })
  const args = ['doctor', '--har', 'login.har', ...(options.more ?? [])]
  const exitCode = await runCli(args, terminal)
  return { exitCode, out: terminal.out, err: terminal.err }
}

const refused = changed(cloudLogin(), 'csrf-token', {
  status: 401,
  sent: { origin: page, 'sec-fetch-site': 'cross-site', 'sec-fetch-storage-access': 'none' },
})

describe('jotgate doctor --har', () => {
  it('draws the login, and names the broken step and its mending', async () => {
    const { exitCode, out, err } = await doctor(refused)
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: '' })
    expect(out).toMatchInlineSnapshot(`
      "page              https://www.acme.example
      host application  the page’s own origin
      Qlik              https://acme.eu.qlikcloud.com
      file              4 requests, recorded by WebInspector 537.36

                   page    host    Qlik
        1  0.00 s  ●───────▶       │       ✓ 200 opens the page  GET /, 13 ms
        2  0.10 s  ●───────▶       │       ✓ 200 asks the host for a token  POST /token, 13 ms
        3  0.20 s  ●───────┼───────▶       ✓ 200 logs in to Qlik by the token
                   │       │       │         POST /login/jwt-session, 13 ms
        4  0.30 s  ●───────┼───────▶       ✗ 401 gets the session’s CSRF token
                   │       │       │         GET /api/v1/csrf-token, 13 ms

      ✗ Broken step (step 4): The browser does not send Qlik’s cookies: it blocks third-party cookies
          (har-cookies-blocked)
        Seen: GET /api/v1/csrf-token was answered with 401 after POST /login/jwt-session had worked; the
          browser says that it has no access to cookies (Sec-Fetch-Storage-Access: none); page and Qlik
          are two sites; the browser sent no cookie of the session
        To do: Page and Qlik must be one site for browsers that block third-party cookies: put a gateway
          in front of Qlik under the page’s own site, such as qlik.acme.example for www.acme.example.
        Source: https://qlik.dev/authenticate/jwt/implement-jwt-authorization

      1 broken step, 4 steps read.
      "
    `)
  })

  it('finds nothing where nothing is broken', async () => {
    const { exitCode, out } = await doctor(gatewayLogin())
    expect(exitCode).toBe(0)
    expect(out).toMatch(/\nNo step of the login is broken, 6 steps read\.\n$/)
    expect(out).toMatch(/●─+┼─+▶·+▶ +✓ 200 asks Qlik who this is/)
  })

  it('gives the same as JSON', async () => {
    const { exitCode, out } = await doctor(refused, { more: ['--json'] })
    expect(exitCode).toBe(3)
    expect(JSON.parse(out)).toMatchObject({
      recordedBy: 'WebInspector 537.36',
      steps: [{}, {}, {}, { to: 'qlik', status: 401, verdict: 'failed' }],
      findings: [{ id: 'har-cookies-blocked', step: 3 }],
    })
  })

  it.each([80, 120])('stays within %i columns', async (columns) => {
    for (const all of [refused, gatewayLogin()]) {
      const { out } = await doctor(all, { columns })
      expect(out).not.toBe(stripVTControlCharacters(out))
      // An address that is one word is never broken.
      const lines = stripVTControlCharacters(out)
        .split('\n')
        .filter((line) => !/^ *(Source: )?https:/.test(line))
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    }
  })

  it('shows what comes from the file, and never obeys it', async () => {
    const evil = '\u001b]0;evil\u0007\u202e'
    const all = changed(cloudLogin(), 'jwt-session', {
      status: 400,
      body: JSON.stringify({ errors: [{ code: 'X', title: `${evil}red`, detail: evil }] }),
      failure: evil,
    })
    const { out } = await doctor(all, { columns: 80 })
    const obeyed = out
      .replaceAll('\n', '')
      .split(/\p{Cc}\[\d+m/u)
      .join('')
    expect(obeyed).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  })

  it('writes the HAR without its secrets, for its owner alone, and never over another file', async () => {
    const more = ['--cleaned', 'for-support.har']
    const { err } = await doctor(refused, { more })
    expect(err).toMatch(/for-support\.har: the HAR without its secrets/)
    const file = join(folder, 'for-support.har')
    const text = await readFile(file, 'utf8')
    expect(text).toContain('/login/jwt-session')
    for (const secret of ['S3cr3tS3ssi0n0fAda', tokenOf().split('.')[1] ?? '', 'ada@acme.example'])
      expect(text).not.toContain(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const again = await doctor(refused, { more })
    expect(again).toMatchObject({ exitCode: 1, out: '' })
    expect(again.err).toMatch(/for-support\.har exists already/)
    expect(await readdir(folder)).toEqual(['for-support.har', 'login.har'])
  })
})
