import { mergeSettings, type Settings } from '../../config/index.ts'
import {
  createProxyApi,
  createRepository,
  listProxyPlaces,
  type ProxyApi,
  type RepositoryOptions,
  serviceOrigin,
} from '../../qlik/index.ts'
import { type Call, type OptionSpec, resultOptions } from '../command.ts'
import { readTimeoutMs, timeoutOption } from '../session/credentials.ts'
import { connectionOptions, readTransport, serviceOptions } from '../session/transport.ts'
import { choiceOptions, settingOption } from '../setting-options.ts'
import { readLevels } from '../target.ts'

/** What names the site, and how its services are called. */
export const siteOptions: readonly OptionSpec[] = [
  ...choiceOptions,
  settingOption('product'),
  settingOption('url'),
  ...serviceOptions,
  ...connectionOptions,
  {
    flags: '--node <origin>',
    description: 'the proxy API of a node, such as https://node.acme.example:4243',
    otherwise: 'those of all nodes, as the repository names them',
    repeatable: true,
  },
  timeoutOption,
  ...resultOptions,
]

/** One virtual proxy at one node: where sessions are. */
export interface Place {
  /** The node's name, or its address when that was given. */
  readonly node: string
  /** The prefix of the virtual proxy. */
  readonly prefix: string
  readonly api: ProxyApi
}

/** The settings of a deployment of client-managed Qlik; Qlik Cloud has no such service. */
export async function readServiceSettings(call: Call): Promise<Settings> {
  const settings = mergeSettings((await readLevels(call)).map((level) => level.settings))
  if (settings.url === undefined && settings.qrs?.url === undefined)
    throw call.refuse('the address is missing: give --deployment NAME, --url or --qrs-url')
  return settings
}

/** By which way the repository is called with the client certificate of the settings. */
export async function readRepositoryOptions(
  call: Call,
  settings: Settings,
): Promise<Extract<RepositoryOptions, { url: string }>> {
  const transport = await readTransport(call, settings, true)
  return {
    ...readRepositoryAddress(call, settings),
    timeoutMs: Math.min(readTimeoutMs(call), 300_000),
    signal: call.signal,
    ...(transport === undefined ? {} : { fetch: transport.fetch }),
  }
}

/** Where the repository is, and in whose name it is called. */
export function readRepositoryAddress(call: Call, { qrs, url = '' }: Settings) {
  const user = parseUser(call, qrs?.user ?? 'INTERNAL\\sa_api', '--qrs-user')
  return { url: qrs?.url ?? serviceOrigin(url, 4242), user }
}

/** Every virtual proxy at every node. */
export async function readPlaces(call: Call): Promise<readonly Place[]> {
  const settings = await readServiceSettings(call)
  if (settings.clientCertificate?.file === undefined)
    throw call.refuse(
      '--client-certificate and --client-key are missing: the proxy API takes nothing else',
    )
  const options = await readRepositoryOptions(call, settings)
  const named = call.values.list('node')
  const places = await listProxyPlaces(createRepository(options))
  if (named.length === 0)
    return places.map(({ url, ...place }) => ({
      ...place,
      api: createProxyApi({ ...options, url }),
    }))
  const prefixes = [...new Set(places.map(({ prefix }) => prefix))]
  return named.flatMap((url) => {
    const api = createProxyApi({ ...options, url })
    return prefixes.map((prefix) => ({ node: url, prefix, api }))
  })
}

/** `ACME\ada`. */
export function parseUser(
  call: Call,
  text: string,
  option: string,
): { directory: string; id: string } {
  const [, directory, id] = /^([^\\]{1,255})\\(.{1,255})$/s.exec(text) ?? []
  if (directory === undefined || id === undefined)
    throw call.refuse(
      `${option} must be directory and user ID with a backslash between: 'ACME\\ada'`,
    )
  return { directory, id }
}
