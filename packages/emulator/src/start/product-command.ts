import { InvalidArgumentError, Option } from 'commander'
import { cloudTenant } from '../cloud/product.ts'
import type { TenantView } from '../cloud/state-view.ts'
import { type CloudSwitches, cloudSwitches } from '../cloud/switch-definitions.ts'
import type { Product } from '../control/product.ts'
import type { SwitchDefinitions } from '../control/switch-definition.ts'
import type { SwitchValues } from '../control/switches.ts'
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

/** Every product that the command can run. */
export const productCommands: readonly ProductCommand[] = [cloud]
