import { parseArgs } from 'node:util'

export interface StartOptions {
  emulatorPort: number
  serverPort: number
  portalPort: number
  gatewayPort: number
}

export const usage = `npm start [-- options]

Starts a local Qlik Cloud and a local client-managed Qlik (the emulator), a gateway and the example portal, on this
machine only.

  --emulator-port PORT   where Qlik Cloud listens     (4848, or JOTGATE_EMULATOR_PORT)
  --server-port PORT     where client-managed listens (4443, or JOTGATE_SERVER_PORT)
  --portal-port PORT     where the portal listens     (3000, or JOTGATE_PORTAL_PORT)
  --gateway-port PORT    where the gateway listens    (4080, or JOTGATE_GATEWAY_PORT)
  --help                 this text
`

/**
 * Reads the options of `npm start`: flags before environment before defaults.
 *
 * @throws Error that names the option and what it takes
 */
export function readStartOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: true,
    options: {
      'emulator-port': { type: 'string' },
      'server-port': { type: 'string' },
      'portal-port': { type: 'string' },
      'gateway-port': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  // npm takes options for its own that stand before `--`, and passes on their values.
  if (positionals.length > 0)
    throw new Error(
      `"${positionals[0]}" belongs to no option. Options go behind --: npm start -- --portal-port 3001`,
    )
  const port = (
    flag: 'emulator-port' | 'server-port' | 'portal-port' | 'gateway-port',
    variable: string,
    preset: number,
  ) =>
    values[flag] === undefined
      ? toPort(environment[variable] || String(preset), variable)
      : toPort(values[flag], `--${flag}`)
  const options = {
    emulatorPort: port('emulator-port', 'JOTGATE_EMULATOR_PORT', 4848),
    serverPort: port('server-port', 'JOTGATE_SERVER_PORT', 4443),
    portalPort: port('portal-port', 'JOTGATE_PORTAL_PORT', 3000),
    gatewayPort: port('gateway-port', 'JOTGATE_GATEWAY_PORT', 4080),
  }
  const ports = Object.values(options)
  const shared = ports.find((one, index) => ports.indexOf(one) !== index)
  if (shared !== undefined)
    throw new Error(
      `Emulator, server, portal and gateway cannot share port ${shared}: choose four.`,
    )
  return options
}

function toPort(text: string, name: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535) {
    throw new Error(`${name} takes a port from 1 to 65535, not "${text}".`)
  }
  return port
}
