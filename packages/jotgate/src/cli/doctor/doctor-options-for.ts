import type { GatewayDeploymentSettings, SecretPlace, Settings } from '../../config/index.ts'
import type { DoctorOptions, OptionsOf } from '../../doctor/index.ts'
import { readSigningKey } from '../../keys/index.ts'
import { machineAccess } from '../../provision/index.ts'
import type { Deployment } from '../../token/index.ts'
import { definedOf, type ProductName } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { readInput } from '../read-input.ts'
import { parseUser, readRepositoryOptions } from '../sessions/site.ts'

interface Source<Name extends ProductName> {
  readonly call: Call
  readonly settings: Settings
  readonly deployment: Extract<Deployment, { product: Name }>
  readonly shared: DoctorOptions
  /** What the gateway of the file is told of the deployment; nothing without one. */
  readonly ofGateway: GatewayDeploymentSettings
}

/** What the checks of each product are told beside what those of every product are. */
export const doctorOptionsFor: {
  readonly [Name in ProductName]: (source: Source<Name>) => Promise<OptionsOf[Name]>
} = {
  async cloud({ call, settings, deployment, shared }) {
    const { createGroups } = (settings.setup ?? {}) as { readonly createGroups?: boolean }
    return {
      ...shared,
      deployment,
      ...(await readAdministrator(call, settings, deployment, shared)),
      ...definedOf({ usesGroups: createGroups }),
    }
  },
  async 'client-managed'({ call, settings, deployment, shared, ofGateway }) {
    const name = settings.administrator?.user
    const hasAccess = settings.clientCertificate?.file !== undefined
    return {
      ...shared,
      deployment,
      ...definedOf({ nodes: ofGateway.nodes, proxyApis: ofGateway.proxyApis }),
      ...(hasAccess
        ? { repository: await readRepositoryOptions(call, settings) }
        : definedOf({
            serviceUser: name === undefined ? name : parseUser(call, name, '--service-user'),
          })),
    }
  },
}

/** An API key, or what gets an access token for an OAuth client; nothing where neither is configured. */
async function readAdministrator(
  call: Call,
  { administrator }: Settings,
  deployment: Extract<Deployment, { product: 'cloud' }>,
  { transport, timeoutMs }: DoctorOptions,
): Promise<Pick<OptionsOf['cloud'], 'apiKey' | 'accessToken'>> {
  const { apiKey, oauth } = administrator ?? {}
  if (apiKey !== undefined) return { apiKey: await readSecret(call, apiKey, '--api-key') }
  if (oauth?.clientId === undefined) return {}
  const { clientId, secret, key, kid } = oauth
  const proof =
    secret !== undefined
      ? { secret: await readSecret(call, secret, '--oauth-secret') }
      : key === undefined
        ? undefined
        : {
            key: await readSigningKey({
              ...('file' in key
                ? { file: key.file }
                : { env: key.env, environment: call.terminal.environment }),
              ...definedOf({ kid }),
            }),
          }
  if (proof === undefined)
    throw call.refuse(
      'the OAuth client has neither a secret nor a key: give --oauth-secret-env NAME or --oauth-key-file FILE',
    )
  const accessToken = machineAccess({
    deployment,
    clientId,
    proof,
    clock: call.clock,
    ...definedOf({ fetch: transport?.fetch, timeoutMs }),
  })
  return { accessToken }
}

async function readSecret(call: Call, place: SecretPlace, option: string): Promise<string> {
  const text =
    'file' in place
      ? await readInput(call, `${option}-file`, place.file)
      : call.terminal.environment[place.env]
  const secret = text?.trim() ?? ''
  if (/^[\x21-\x7e]{1,8192}$/.test(secret)) return secret
  throw call.refuse(
    secret === ''
      ? `${option} is empty, or its environment variable is not set`
      : `${option} must be visible ASCII text in one line`,
  )
}
