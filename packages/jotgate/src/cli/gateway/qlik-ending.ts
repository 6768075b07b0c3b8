import type { Settings } from '../../config/index.ts'
import {
  createProxyApi,
  createRepository,
  endSessionAtProxies,
  listProxyPlaces,
  type ProxyApi,
  type QlikSession,
} from '../../qlik/index.ts'
import type { Call } from '../command.ts'
import { readTransport } from '../session/transport.ts'
import { readRepositoryAddress } from '../sessions/site.ts'

/** How a gateway ends sessions of client-managed Qlik. */
export interface QlikEnding {
  endSession(session: QlikSession): Promise<void>
  close(): Promise<void>
}

/** The proxy APIs of the nodes that serve a virtual proxy. */
export type FindNodes = (prefix: string) => Promise<readonly Pick<ProxyApi, 'endSession'>[]>

/**
 * Reads how Qlik sessions are ended by their ID: at the proxy API of each node, with the client certificate of the
 * settings. Nothing is asked before the first one ends.
 *
 * @param named the proxy API of each node; the repository is asked for them when omitted
 * @returns undefined where no client certificate is configured
 */
export async function readQlikEnding(
  call: Call,
  settings: Settings,
  named?: readonly string[],
): Promise<QlikEnding | undefined> {
  const { file, keyFile } = settings.clientCertificate ?? {}
  if (file === undefined && keyFile === undefined) {
    if (named === undefined) return undefined
    throw call.refuse(
      'the gateway’s proxyApis needs the deployment’s clientCertificate: the proxy API takes nothing else',
    )
  }
  const address = readRepositoryAddress(call, settings)
  const transport = await readTransport(call, settings, true)
  const how = transport === undefined ? {} : { fetch: transport.fetch }
  const repository = createRepository({ ...address, ...how })
  const toNode = (url: string) => createProxyApi({ url, ...how })
  const nodes = named?.map(toNode)
  const endSession = endAtNodes(async (prefix) => {
    if (nodes !== undefined) return nodes
    const places = await listProxyPlaces(repository)
    return places.filter((one) => one.prefix === prefix).map(({ url }) => toNode(url))
  })
  return { endSession, close: async () => transport?.close() }
}

/** Nodes come and go seldom; a session that a new one has lasts until it is idle for too long. */
const nodesMs = 600_000

/**
 * Ends sessions at the nodes that have them.
 *
 * @param findNodes asked again after ten minutes, and when it has failed
 * @param now in milliseconds, from any beginning
 */
export function endAtNodes(
  findNodes: FindNodes,
  now = () => performance.now(),
): QlikEnding['endSession'] {
  const known = new Map<string, { readonly nodes: ReturnType<FindNodes>; readonly at: number }>()
  return async (session) => {
    const { prefix = '' } = session.deployment
    let found = known.get(prefix)
    if (found === undefined || now() - found.at > nodesMs) {
      found = { nodes: findNodes(prefix), at: now() }
      known.set(prefix, found)
    }
    const nodes = await found.nodes.catch((error) => {
      known.delete(prefix)
      throw error
    })
    if (nodes.length === 0)
      throw new Error(`The repository names no node that serves the virtual proxy “${prefix}”`)
    await endSessionAtProxies(session, nodes)
  }
}
