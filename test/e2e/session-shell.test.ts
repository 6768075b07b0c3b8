// What a CI job does: a plain POSIX shell, the real curl and jq, and jotgate.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from 'jotgate-emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ensureShellTools } from '../../scripts/setup/shell-tools.ts'
import { ada, issuer, quoted, signing } from './command-for-ada.ts'
import { type Relay, startRelay } from './relay.ts'
import { createSessionStage, type SessionStage } from './session-stage.ts'

let stage: SessionStage
let relay: Relay
beforeAll(async () => {
  ensureShellTools(() => undefined)
  stage = await createSessionStage()
  relay = await startRelay(stage.emulator.port)
})
afterAll(async () => {
  await relay?.close()
  await stage?.close()
})
afterEach(() => {
  relay.tamper = () => undefined
  relay.requests.length = 0
})

const token = quoted([...signing, ...ada])
const open = (url = stage.url) => `jotgate session open ${token} --url ${url}`
/** Stops at the first command that fails, as a CI job's shell does. */
const job = (line: string, env: Record<string, string> = {}) =>
  stage.command.shell(`set -eu\n${line}`, { URL: stage.url, ...env })

describe('a plain shell', () => {
  it('opens a session with a token that it made', async () => {
    const line = `T=$(jotgate token create ${token}) && curl -sS -f -X POST -H "Authorization: Bearer $T" $URL/login/jwt-session`
    expect(await job(line)).toEqual({ exitCode: 0, out: '{}', err: '' })
  })

  it('asks who it is, with a cookie jar', async () => {
    const line = `${open()} --as netscape > jar && curl -sS -fL -b jar $URL/api/v1/users/me | jq -e .subject`
    expect(await job(line)).toEqual({ exitCode: 0, out: '"acme|ada"\n', err: '' })
  })

  it.each([
    [
      'env',
      `eval "$(OPEN --as env)" && curl -sS -fL -H "Cookie: $QLIK_COOKIE" "$QLIK_URL/api/v1/users/me" | jq -er .subject`,
    ],
    [
      'cookie',
      `curl -sS -fL -H "Cookie: $(OPEN --as cookie)" $URL/api/v1/users/me | jq -er .subject`,
    ],
    [
      'json',
      `OPEN --as json > s && jotgate request GET /api/v1/users/me --session-file s | jq -er .subject`,
    ],
  ])('uses what --as %s prints', async (_, line) => {
    const { exitCode, out } = await job(line.replaceAll('OPEN', open()))
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'acme|ada\n' })
  })

  it('uses what --as curl prints, which sends the CSRF token to no other host', async () => {
    const line = `${open()} --as curl > call && sh ./call | jq -er '.data | type' && cat call`
    const { exitCode, out } = await job(line)
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/^array\ncurl /) })
    expect(out).toContain('qlik-csrf-token: ')
    expect(out).not.toMatch(/ (-L|--location)/)
  })

  it('writes with the CSRF token of --as env', async () => {
    // 403 for the right, which Ada has not, and not for the token: that answer has another code.
    const post = `curl -sS -H "Cookie: $QLIK_COOKIE" -H 'Content-Type: application/json' -d '{"name":"x","validOrigins":[]}' "$QLIK_URL/api/v1/web-integrations"`
    const line = `eval "$(${open()} --as env)"
      ${post} -H "Qlik-Csrf-Token: $QLIK_CSRF_TOKEN" | jq -r '.errors[0].code // .code'
      ${post} | jq -r '.errors[0].code // .code'`
    const { exitCode, out } = await job(line)
    const [withToken, without] = out.trim().split('\n')
    expect(exitCode).toBe(0)
    expect(without).toBe('CSRF-TOKEN-2')
    expect(withToken).not.toBe('CSRF-TOKEN-2')
  })

  it('stops where jotgate fails', async () => {
    const line = `T=$(jotgate token create ${token} --key nowhere.pem)\necho reached`
    const { exitCode, out } = await job(line.replace("'--key' 'keys/qlik.pem' ", ''))
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
  })
})

describe('hostile values in what Qlik sets as cookies', () => {
  const cookies = {
    "it's": "'; touch pwned; '".replaceAll(/[; ]/g, '$IFS'),
    '$`x`': '$(touch$IFS/pwned)`touch$IFS/pwned`$IFS!*~&|<>?',
    '-o': '"--output=/pwned"',
    '#&|': "'''",
  }
  const expected = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  const withHostile = () => {
    relay.tamper = ({ path, headers }) => {
      if (path !== '/login/jwt-session') return undefined
      const own = [headers['set-cookie'] ?? []].flat()
      return { headers: { ...headers, 'set-cookie': [...own, ...expected] } }
    }
  }
  const cookiesOfLast = () => relay.requests.at(-1)?.headers.cookie?.split('; ') ?? []

  it.each([
    ['curl', `OPEN --as curl > call && sh ./call`, { data: expect.any(Array) }],
    [
      'env',
      `eval "$(OPEN --as env)" && curl -sS -fL -H "Cookie: $QLIK_COOKIE" "$QLIK_URL/api/v1/users/me"`,
      { subject: 'acme|ada' },
    ],
    [
      'cookie',
      `C=$(OPEN) && curl -sS -fL -H "Cookie: $C" $URL/api/v1/users/me`,
      { subject: 'acme|ada' },
    ],
    [
      'netscape',
      `OPEN --as netscape > jar && curl -sS -fL -b jar $URL/api/v1/users/me`,
      { subject: 'acme|ada' },
    ],
  ])('reach Qlik as they were, and run nothing: --as %s', async (_, line, answer) => {
    withHostile()
    const { exitCode, out } = await job(line.replaceAll('OPEN', open(relay.url)), {
      URL: relay.url,
    })
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject(answer)
    expect(cookiesOfLast()).toEqual(expect.arrayContaining(expected))
    const { out: files } = await stage.command.shell('ls -A . /pwned 2>/dev/null')
    expect(files).not.toContain('pwned')
  })

  it.each([
    "http://localhost:1/'; touch pwned; '",
    'http://localhost:1\n-o pwned',
    'http://$(id):1',
  ])('an address that is more than one is refused: %j', async (url) => {
    const { exitCode, out } = await stage.command.run([
      ...['session', 'open', ...signing, ...ada],
      ...['--url', url, '--as', 'curl'],
    ])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  })
})

it('uses https with a tenant whose authority NODE_EXTRA_CA_CERTS names, and with no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-shell-tls-'))
  const secure = await createEmulator({ port: 0, tls: { folder } })
  try {
    const ca = secure.tls?.caFile ?? ''
    const lines = `
      cat > idp.json <<END
      {"protocol":"jwtAuth","provider":"external","options":{"issuer":"${issuer}","staticKeys":[
        {"kid":"acme-1","pem":"$(jotgate keys export --certificate keys/qlik.cer --as one-line)"}]}}
END
      curl -sS -f -o idp.made --cacert "$CA" -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d @idp.json "$URL/api/v1/identity-providers"
      NODE_EXTRA_CA_CERTS="$CA" ${open('"$URL"')} --as netscape > jar
      grep -q TRUE jar
      curl -sS -fL --cacert "$CA" -b jar "$URL/api/v1/users/me" | jq -er .subject
      NODE_EXTRA_CA_CERTS="$CA" jotgate request GET /api/v1/users/me ${token} --url "$URL" | jq -er .name`
    const env = { URL: secure.url, CA: ca, KEY: secure.adminKey }
    expect(await job(lines, env)).toEqual({ exitCode: 0, out: 'acme|ada\nAda\n', err: '' })
    const distrusting = await job(open('"$URL"'), env)
    expect(distrusting).toMatchObject({ exitCode: 1, out: '' })
    expect(distrusting.err).toMatch(/ERR_QLIK_UNREACHABLE.*\((SELF_SIGNED|UNABLE_TO)/)
    expect(distrusting.err).toContain('NODE_EXTRA_CA_CERTS')
  } finally {
    await secure.close()
    await rm(folder, { recursive: true })
  }
})
