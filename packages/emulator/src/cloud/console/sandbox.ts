import { generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { toEpochSeconds } from '../../control/clock.ts'
import { createFaultBoard } from '../../control/faults/fault-board.ts'
import { createSwitches } from '../../control/switches.ts'
import { type AppAnswer, type AppRequest, callApp } from '../../http/call-app.ts'
import type { Cloud } from '../cloud.ts'
import { createCloudApp } from '../cloud-app.ts'
import { createCloudState } from '../state/state.ts'
import { type CloudSwitches, cloudSwitches } from '../switch-definitions.ts'

const issuer = 'console.emulator.invalid'
const keyId = 'console-example'

/** A tenant of its own for one example: what goes wrong in it, nobody else sees. */
export interface Sandbox {
  readonly cloud: Cloud
  call(
    request: Omit<AppRequest, 'headers'> & { headers?: Record<string, string> },
  ): Promise<AppAnswer>
  /** Logs in with the claims that Qlik asks for, changed; undefined leaves one out. */
  login(changes?: Readonly<Record<string, unknown>>): Promise<AppAnswer>
}

let keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Makes a tenant that trusts one key of the emulator’s own, with switches as they stand but for some. */
export async function createSandbox(
  cloud: Cloud,
  switches: Partial<CloudSwitches>,
): Promise<Sandbox> {
  // One pair a process: it is trusted in these tenants only, which live for a request.
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { publicKey, privateKey } = await keys
  const now = cloud.clock.now()
  const state = createCloudState(now)
  const at = now.toISOString()
  const id = 'example'
  const provider = { id, issuer, keyId, pem: '', publicKey, description: '', created: at }
  state.identityProviders.set(id, { ...provider, lastUpdated: at })
  const sandbox: Cloud = {
    ...cloud,
    state,
    switches: createSwitches(cloudSwitches, { ...cloud.switches.get(), ...switches }),
    faults: createFaultBoard({ [cloud.product]: cloud.errors }),
    isExample: true,
  }
  const app = createCloudApp(sandbox)
  const call: Sandbox['call'] = ({ headers = {}, ...request }) =>
    callApp(app, { ...request, headers: { host: 'localhost', ...headers } })
  return {
    cloud: sandbox,
    call,
    login(changes = {}) {
      const second = toEpochSeconds(now)
      const claims = {
        iss: issuer,
        aud: 'qlik.api/login/jwt-session',
        sub: 'example|ada',
        subType: 'user',
        name: 'Ada Example',
        email: 'ada@emulator.invalid',
        email_verified: true,
        jti: randomUUID(),
        iat: second,
        nbf: second,
        exp: second + 60,
        ...changes,
      }
      const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${encode(claims)}`
      const token = `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
      const path = '/login/jwt-session'
      return call({ method: 'POST', path, headers: { authorization: `Bearer ${token}` } })
    },
  }
}
