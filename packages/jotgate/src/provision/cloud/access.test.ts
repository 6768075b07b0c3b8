import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../qlik/scripted-server.fixture.ts'
import { cloud, type SigningKey } from '../../token/index.ts'
import { type MachineAccessOptions, machineAccess } from './access.ts'

const clientId = 'client-1'
const secret = 'the secret of the client'
let server: ScriptedServer
let key: SigningKey
let privateKeyPem: string
let nowMs: number

beforeAll(async () => {
  const pair = await createKeyPair()
  privateKeyPem = pair.privateKeyPem
  key = await readSigningKey({ pem: privateKeyPem, kid: 'administrator-1' })
})
afterEach(() => server.close())

async function start(script: Script, proof: MachineAccessOptions['proof'] = { secret }) {
  server = await startScriptedServer(script)
  nowMs = 1_800_000_000_000
  const deployment = cloud({ url: server.url, issuer: 'a' })
  return machineAccess({ deployment, clientId, proof, clock: () => nowMs })
}

/** Gives a new token each time, for an hour. */
function inTurn(): Script {
  let count = 0
  return () => {
    count += 1
    return { body: { access_token: `token-${count}`, token_type: 'bearer', expires_in: 3600 } }
  }
}
const bodies = () => server.requests.map(({ body }) => JSON.parse(body) as Record<string, string>)

describe('the access of a machine client', () => {
  it('asks once for calls at the same time, and again a minute before the token expires', async () => {
    const accessToken = await start(inTurn())
    expect(await Promise.all([accessToken(), accessToken()])).toEqual(['token-1', 'token-1'])
    nowMs += 3_539_000
    expect(await accessToken()).toBe('token-1')
    nowMs += 1000
    expect(await accessToken()).toBe('token-2')
    expect(await accessToken()).toBe('token-2')
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/oauth/token'],
      ['POST', '/oauth/token'],
    ])
    expect(bodies()[0]).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    })
  })

  it('signs an assertion for each token: for this tenant, short, with an ID of its own', async () => {
    const accessToken = await start(inTurn(), { key })
    await accessToken()
    nowMs += 3_600_000
    await accessToken()
    const [first, second] = bodies()
    expect(first).toMatchObject({
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    expect(first).not.toHaveProperty('client_secret')
    const [header, claims, signature] = partsOf(first?.client_assertion)
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'administrator-1' })
    expect(claims).toEqual({
      iss: clientId,
      sub: clientId,
      aud: `${server.url}/oauth/token`,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: 1_800_000_000,
      exp: 1_800_000_060,
    })
    expect(signature).toHaveLength(512)
    expect(partsOf(second?.client_assertion)[1]).not.toMatchObject({
      jti: (claims as { jti: string }).jti,
    })
  })

  it('asks again after a failure, which repeats no secret', async () => {
    let isDown = true
    const accessToken = await start((request, response) =>
      isDown
        ? { status: 401, body: { errors: [{ title: 'Unauthorized', detail: `Not ${secret}` }] } }
        : inTurn()(request, response),
    )
    const failure = await accessToken().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'ERR_QLIK_NOT_LOGGED_IN' })
    expect((failure as { hint: string }).hint).toContain('machine-to-machine')
    expect(JSON.stringify(failure) + String(failure)).not.toContain(secret)
    isDown = false
    expect(await accessToken()).toBe('token-1')
  })

  it.each([{}, { access_token: 7 }, { access_token: 'two words' }])(
    'refuses the answer %j',
    async (body) => {
      const accessToken = await start(() => ({ body }))
      await expect(accessToken()).rejects.toMatchObject({ code: 'ERR_QLIK_ANSWER' })
    },
  )

  it('keeps no token whose life is not known', async () => {
    const accessToken = await start(() => ({ body: { access_token: 'token' } }))
    expect([await accessToken(), await accessToken()]).toEqual(['token', 'token'])
    expect(server.requests).toHaveLength(2)
  })

  it('refuses a key of an algorithm that Qlik does not take here', async () => {
    const other = await readSigningKey({ pem: privateKeyPem, alg: 'RS384' })
    await expect(start(inTurn(), { key: other })).rejects.toMatchObject({
      code: 'ERR_PROVISION_OPTION',
      details: { option: 'proof.key' },
    })
  })
})

function partsOf(token = ''): [unknown, unknown, string] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown
  return [decode(header), decode(claims), signature]
}
