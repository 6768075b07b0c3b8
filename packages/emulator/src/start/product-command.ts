import { InvalidArgumentError, Option } from 'commander'
import { clientManaged } from '../client-managed/product.ts'
import { type ClientManagedSwitches, clientManagedSwitches } from '../client-managed/switches.ts'
import { cloudTenant } from '../cloud/product.ts'
import type { TenantView } from '../cloud/state-view.ts'
import { type CloudSwitches, cloudSwitches } from '../cloud/switch-definitions.ts'
import type { Product } from '../control/product.ts'
import type { SwitchDefinitions } from '../control/switch-definition.ts'
import type { SwitchValues } from '../control/switches.ts'
import { readTextFile } from '../engine/index.ts'
import { checkStateFile, readStateFile, writeStateFile } from './state-file.ts'

/** A product as the command line has it. */
export interface ProductCommand {
  /** What one writes to run it. */
  readonly name: string
  readonly description: string
  readonly switches: SwitchDefinitions
  /** Its own options, beside those that all products share. */
  readonly options: readonly Option[]
  /** The product by the values of its options and the switches that were given for it. */
  plugIn(flags: ProductFlags, switches: SwitchValues): Promise<Product>
  /** What is left to do when the command ends, with the product's state. */
  atEnd?(flags: ProductFlags, state: unknown): Promise<void>
}

/** Values of options by name. */
type ProductFlags = Readonly<Record<string, unknown>>

/** Reads the value of an option for a port. */
function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('Give a number from 0 to 65535; 0 takes any free port.')
}

const cloud: ProductCommand = {
  name: 'cloud',
  description: 'a Qlik Cloud tenant: JWT login, REST, engine web sockets',
  switches: cloudSwitches,
  options: [
    new Option('--port <number>', 'port of the Cloud tenant; 0 takes any free port')
      .env('JOTGATE_EMULATOR_PORT')
      .argParser(parsePort)
      .default(4848),
    new Option(
      '--public-url <url>',
      'address of the Cloud tenant in links and redirects, as of a proxy in front',
    ),
    new Option(
      '--state <file>',
      'state of a Cloud tenant to start with, as --save-state writes it',
    ),
    new Option(
      '--save-state <file>',
      'where to write the state of the Cloud tenant when the command ends',
    ),
  ],
  async plugIn({ port, publicUrl, state, saveState }, switches) {
    if (typeof saveState === 'string') await checkStateFile(saveState)
    return cloudTenant({
      port: port as number,
      switches: switches as Partial<CloudSwitches>,
      ...(publicUrl === undefined ? {} : { publicUrl: String(publicUrl) }),
      ...(typeof state === 'string' ? { state: await readStateFile(state) } : {}),
    })
  },
  async atEnd({ saveState }, state) {
    if (typeof saveState === 'string')
      await writeStateFile(saveState, (state as TenantView).export())
  },
}

/** Reads `PREFIX=FILE`: a virtual proxy for JWT and the file with its certificate. */
function collectVirtualProxy(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const [, prefix, file] = /^([a-z0-9._~-]*)=(.+)$/.exec(text) ?? []
  if (prefix === undefined || file === undefined)
    throw new InvalidArgumentError('Give PREFIX=FILE; a prefix is made of a-z, 0-9, - . _ and ~.')
  if (before.some(([known]) => known === prefix))
    throw new InvalidArgumentError('The prefix is given twice.')
  return [...before, [prefix, file]]
}

const clientManagedSite: ProductCommand = {
  name: 'client-managed',
  description: 'a client-managed Qlik Sense: virtual proxies, sessions, engine, QRS and QPS',
  switches: clientManagedSwitches,
  options: [
    new Option('--proxy-port <number>', 'port of the client-managed proxy; 0 takes any free port')
      .env('JOTGATE_EMULATOR_PROXY_PORT')
      .argParser(parsePort)
      .default(4443),
    new Option(
      '--second-proxy-port <number>',
      'port of the second node’s proxy; with it there are two nodes',
    ).argParser(parsePort),
    new Option('--qrs-port <number>', 'port of QRS, over https; 0 takes any free port')
      .argParser(parsePort)
      .default(4242),
    new Option('--qps-port <number>', 'port of QPS, over https; 0 takes any free port')
      .argParser(parsePort)
      .default(4243),
    new Option(
      '--virtual-proxy <prefix=file>',
      'virtual proxy for JWT, with the PEM file of its certificate; repeatable',
    )
      .argParser(collectVirtualProxy)
      .default([], 'the default virtual proxy alone'),
    new Option(
      '--proxy-url <url>',
      'address of the client-managed proxy in links and redirects, as of a proxy in front',
    ),
  ],
  async plugIn({ proxyPort, secondProxyPort, qrsPort, qpsPort, virtualProxy, proxyUrl }, switches) {
    const given = virtualProxy as readonly (readonly [string, string])[]
    return clientManaged({
      port: proxyPort as number,
      qrsPort: qrsPort as number,
      qpsPort: qpsPort as number,
      ...(secondProxyPort === undefined ? {} : { nodes: 2, secondPort: secondProxyPort as number }),
      virtualProxies: await Promise.all(
        given.map(async ([prefix, file]) => ({ prefix, certificate: await readTextFile(file) })),
      ),
      switches: switches as Partial<ClientManagedSwitches>,
      ...(proxyUrl === undefined ? {} : { publicUrl: String(proxyUrl) }),
    })
  },
}

/** Every product that the command can run. */
export const productCommands: readonly ProductCommand[] = [cloud, clientManagedSite]
