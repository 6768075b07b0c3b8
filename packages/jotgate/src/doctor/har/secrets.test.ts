// No secret of a HAR comes out again, wherever in the file it stands.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanHar } from './clean-har.ts'
import { diagnoseHar } from './diagnose-har.ts'
import { bytesOf, type Happened, harOf, type Recorder, recorders } from './har.fixture.ts'
import { changed, cloudLogin, gatewayLogin, page, serverLogin, tokenOf } from './logins.fixture.ts'
import { parseHar } from './read-har.ts'
import { createRedactor } from './secrets.ts'

/** All that is given out of a file. */
async function outputOf(value: unknown): Promise<string> {
  const har = parseHar(bytesOf(value), 'login.har')
  return JSON.stringify([await diagnoseHar(har), cleanHar(har)])
}

/** The strings of a HAR that a program or a server wrote, with what replaces one of them. */
function stringsOf(value: unknown): { path: string; set(text: string): void }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.entries(holder).flatMap(([name, member]) =>
    typeof member === 'string'
      ? [{ path: name, set: (text: string) => void Object.assign(holder, { [name]: text }) }]
      : stringsOf(member).map((one) => ({ ...one, path: `${name}.${one.path}` })),
  )
}

const logins = { cloudLogin, serverLogin, gatewayLogin }
const broken: readonly (readonly Happened[])[] = [
  ...Object.values(logins).map((login) => login()),
  changed(cloudLogin(), 'jwt-session', {
    status: 401,
    body: '{"errors":[{"code":"a","title":"b","detail":"c"}],"traceId":"d"}',
    came: { 'access-control-allow-origin': page, 'access-control-allow-credentials': 'true' },
  }),
  changed(cloudLogin(), 'users/me', { status: 503, body: 'a page of words' }),
  changed(serverLogin(), '/app/', { status: 0, failure: 'a failure in words' }),
  changed(serverLogin(), '/app/', {
    messages: [
      '> {"method":"OpenDoc","id":1}',
      '< {"id":1,"error":{"code":5,"message":"words of the engine"}}',
      '< {"method":"OnSessionClosed","params":{"message":"words of the proxy"}}',
    ],
  }),
]

describe('a secret', () => {
  // What it looks like tells it, wherever it stands.
  it('that is a token is found in every member of a file', async () => {
    const token = tokenOf({ sub: 'planted' })
    const parts = token.split('.').slice(0, 2)
    for (const all of broken)
      for (const recorder of recorders) {
        const count = stringsOf(harOf(recorder, all)).length
        for (let index = 0; index < count; index += 1) {
          const har = harOf(recorder, all)
          const member = stringsOf(har)[index]
          // An address stays one.
          if (member?.path.endsWith('.url'))
            member.set(`https://a.example/b/${token}?c=${token}#${token}`)
          else member?.set(`words ${token} and more`)
          const output = await outputOf(har).catch(String)
          for (const part of parts) expect(output, member?.path).not.toContain(part)
        }
      }
  })

  /** Where secrets belong; the place makes them one, whatever they look like. */
  const places: Record<string, (secret: string) => Partial<Happened>> = {
    Cookie: (secret) => ({ sent: { cookie: `theme=dark; X-Own=${secret}` } }),
    'Set-Cookie': (secret) => ({ came: { 'set-cookie': `any=${secret}; Path=/` } }),
    Authorization: (secret) => ({ sent: { authorization: `Bearer ${secret}` } }),
    'Authorization of a name': (secret) => ({
      sent: { authorization: `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}` },
    }),
    'a header of the application': (secret) => ({ sent: { 'x-api-key': secret } }),
    'the CSRF token': (secret) => ({ came: { 'qlik-csrf-token': secret } }),
    'a password in a form': (secret) => ({
      posted: new URLSearchParams({ user: 'ada', password: secret }).toString(),
    }),
    'a password in JSON': (secret) => ({ posted: JSON.stringify({ login: { password: secret } }) }),
    'a token in an answer': (secret) => ({ body: JSON.stringify({ access_token: secret }) }),
    'a parameter': (secret) => ({
      url: `${page}/token?code=${encodeURIComponent(secret)}&state=${encodeURIComponent(secret)}`,
    }),
    'a fragment': (secret) => ({ url: `${page}/token#access_token=${encodeURIComponent(secret)}` }),
    'a Location': (secret) => ({
      status: 302,
      came: { location: `/callback?code=${encodeURIComponent(secret)}` },
    }),
    'a user of an address': (secret) => ({
      url: `https://ada:${encodeURIComponent(secret)}@www.acme.example/token`,
    }),
  }

  const secrets = fc
    .tuple(fc.string({ unit: 'grapheme-ascii', minLength: 9, maxLength: 60 }), fc.nat(999))
    .map(
      ([text, number]) => `${text.replaceAll(/[\s;,="'\\%+&#?/:@.<>[\]{}|`^]/g, 'x')}${number}Zq`,
    )

  it.each(Object.entries(places))('in %s is not repeated where others quote it', async (_, at) => {
    await fc.assert(
      fc.asyncProperty(
        secrets,
        fc.constantFrom<Recorder>('chrome', 'firefox', 'safari', 'playwright'),
        async (secret, recorder) => {
          const [, token] = cloudLogin()
          const quoted = changed(cloudLogin(), 'jwt-session', {
            status: 400,
            failure: `the value ${secret} is wrong`,
            came: {
              'access-control-allow-origin': page,
              'access-control-allow-credentials': 'true',
              server: `a ${secret}`,
            },
            body: JSON.stringify({
              errors: [{ code: 'A-1', title: 'B', detail: `for ${secret}.` }],
            }),
          })
          const all = [{ ...token, url: `${page}/token`, ...at(secret) }, ...quoted]
          expect(await outputOf(harOf(recorder, all))).not.toContain(secret)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('in a field that is not known is not taken over', async () => {
    const [first, ...others] = cloudLogin()
    const odd = { 'x-acme': 'a plain word of mine', cookie: 'theme=a plain word of mine' }
    const all = [
      { url: `${page}/`, ...first, sent: odd, came: odd, posted: 'a plain word of mine' },
    ]
    expect(await outputOf(harOf('chrome', [...all, ...others]))).not.toContain(
      'a plain word of mine',
    )
  })

  const pair = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'
  it.each([
    tokenOf(),
    tokenOf().slice(0, 60),
    `-----BEGIN PRIVATE KEY-----\n${pair}\n-----END PRIVATE KEY-----`,
  ])('is told by its form in our own words too: %s', (secret) => {
    expect(createRedactor([]).clean(`before ${secret} after`)).toBe('before [removed] after')
  })

  it.each([
    ['Bearer abc123', 'Bearer [removed]'],
    ['access_token=abc123&lang=en', 'access_token=[removed]&lang=en'],
    ['{"password":"abc 123"}', '{"password":[removed]}'],
    ['X-Qlik-Session-jwt=0ca3e2a8-5b7d-4a51-9d64-0d1f5fd2c9b1;', 'X-Qlik-Session-jwt=[removed];'],
    ['for k3JcV1o0o1b8xQm2Zz9pLr4T', 'for [removed]'],
    ['an ID d4f3256ebd3ca1e7c7d71eadd70c4386', 'an ID [removed]'],
    ['LOGIN-10, returnto not included', 'LOGIN-10, returnto not included'],
  ])('is told by its form in what others wrote: %s', (text, clean) => {
    expect(createRedactor([]).cleanForeign(text)).toBe(clean)
  })

  it('is looked for in bounded time, however many there are', async () => {
    const cookie = Array.from(
      { length: 20_000 },
      (_, index) => `c${index}=same-beginning-${index}x`,
    )
    const all = changed(cloudLogin(), 'csrf-token', {
      status: 401,
      sent: { cookie: cookie.join('; ') },
      body: JSON.stringify({ errors: [{ title: 'same-beginning-'.repeat(500) }] }),
    })
    const begun = performance.now()
    await outputOf(harOf('chrome', all))
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})

describe('the cleaned file', () => {
  it.each(Object.entries(logins))('tells the same of the login: %s', async (_, login) => {
    const faulty = changed(login(), /csrf|users\/me|qps/, { status: 401 }, { ends: false })
    const nobody = login().map((one) =>
      one.body === undefined ? one : { ...one, body: '{"session":"inactive"}' },
    )
    for (const all of [login(), faulty, nobody]) {
      const har = parseHar(bytesOf(harOf('chrome', all)), 'a')
      const again = parseHar(bytesOf(cleanHar(har)), 'b')
      const [before, after] = [await diagnoseHar(har), await diagnoseHar(again)]
      expect(after.findings.map(({ id }) => id)).toEqual(before.findings.map(({ id }) => id))
      expect(after.steps.map(({ address, status, what }) => [address, status, what])).toEqual(
        before.steps.map(({ address, status, what }) => [address, status, what]),
      )
    }
  })
})
