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

/**
 * The variable that the file names for an administrator and that is not set: on a machine that the file is shared with
 * there may be none. Whoever names the variable at the command has one, and is told.
 */
export function unsetVariableOf(call: Call, { administrator }: Settings): string | undefined {
  const { apiKey, oauth } = administrator ?? {}
  const places = { apiKeyEnv: apiKey, oauthSecretEnv: oauth?.secret, oauthKeyEnv: oauth?.key }
  for (const [option, place] of Object.entries(places))
    if (call.values.source(option) === undefined && place !== undefined && isUnset(call, place))
      return place.env
  return undefined
}

const isUnset = ({ terminal }: Call, place: SecretPlace): place is { readonly env: string } =>
  'env' in place && (terminal.environment[place.env] ?? '') === ''

async function readSecret(
  call: Call,
  place: SecretPlace,
  option: '--api-key' | '--oauth-secret',
): Promise<string> {
  const text =
    'file' in place
      ? await readInput(call, `${option}-file`, place.file)
      : call.terminal.environment[place.env]
  const secret = text?.trim() ?? ''
  if (/^[\x21-\x7e]{1,8192}$/.test(secret)) return secret
  const where = 'file' in place ? `the file ${place.file}` : `the variable ${place.env}`
  if (secret !== '') throw call.refuse(`${where} must hold visible ASCII text in one line`)
  const what = { '--api-key': 'an API key', '--oauth-secret': 'the secret of the OAuth client' }
  const [is, kind] = 'file' in place ? ['is empty', 'file'] : ['is not set or empty', 'env']
  // The configuration file may have named it: whoever sees this has perhaps typed no option.
  throw call.refuse(
    `${where} ${is}: ${what[option]} belongs there, which ${option}-${kind} or administrator in the file names`,
  )
}
