import type { SecretPlace, Settings } from '../config/index.ts'
import { readSigningKey } from '../keys/index.ts'
import { type MachineAccessOptions, machineAccess } from '../provision/index.ts'
import { definedOf } from '../values/index.ts'
import type { Call } from './command.ts'
import { readInput } from './read-input.ts'

/** How an administrator of Qlik Cloud proves who they are. */
export type TenantAdministrator =
  | { readonly apiKey: string }
  | { readonly accessToken: ReturnType<typeof machineAccess> }

/** An API key, or an OAuth machine client that proves itself by a secret or by a key; undefined where none is named. */
export async function readTenantAdministrator(
  call: Call,
  { administrator }: Settings,
  access: Pick<MachineAccessOptions, 'deployment' | 'timeoutMs' | 'fetch'>,
): Promise<TenantAdministrator | undefined> {
  const { apiKey, oauth } = administrator ?? {}
  if (apiKey !== undefined) return { apiKey: await readSecret(call, apiKey, '--api-key') }
  if (oauth?.clientId === undefined) return undefined
  const { clientId, secret, key, kid } = oauth
  if (secret === undefined && key === undefined)
    throw call.refuse(
      'the OAuth client has neither a secret nor a key: give --oauth-secret-env NAME or --oauth-key-file FILE',
    )
  const proof =
    secret !== undefined
      ? { secret: await readSecret(call, secret, '--oauth-secret') }
      : { key: await readSigningKey({ ...keySource(call, key), ...definedOf({ kid }) }) }
  return { accessToken: machineAccess({ ...access, clientId, proof, clock: call.clock }) }
}

const keySource = ({ terminal }: Call, place: SecretPlace = { file: '' }) =>
  'file' in place ? place : { env: place.env, environment: terminal.environment }

async function readSecret(call: Call, place: SecretPlace, option: string): Promise<string> {
  const text =
    'file' in place
      ? await readInput(call, `${option}-file`, place.file)
      : call.terminal.environment[place.env]
  const secret = text?.trim() ?? ''
  if (/^[\x21-\x7e]{1,8192}$/.test(secret)) return secret
  if (secret !== '') throw call.refuse(`${option} must be visible ASCII text in one line`)
  throw call.refuse(
    'file' in place
      ? `the file of ${option}-file is empty`
      : `${option}-env names an environment variable that is not set or empty`,
  )
}
