import { type GatewaySettings, readGatewaySettings } from '../../config/index.ts'
import type { LogLevel } from '../../gateway/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { connectionOptions, serviceOptions } from '../session/transport.ts'
import { signingOptions, targetOptions } from '../target.ts'
import { openAdministration, reloadKeyRing, reloadSigningKey } from './administration.ts'
import { readGateway } from './gateway-options.ts'
import { reloadTls } from './read-tls.ts'

const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

/** `jotgate gateway`. */
export const gatewayRun: CommandSpec = {
  name: 'gateway',
  summary: 'runs the gateway of the configuration file',
  description:
    'Runs the gateway that the member `gateway` of the configuration file describes, until SIGTERM or SIGINT: then it takes nothing new, lets answers under way finish, and closes web sockets so that pages resume elsewhere, within 15 seconds. A second signal ends it at once.',
  options: [
    { flags: '--host <address>', description: 'where it listens', otherwise: 'as in the file' },
    {
      flags: '--port <number>',
      description: 'its port; 0 is a free one',
      otherwise: 'as in the file',
    },
    {
      flags: '--log-level <level>',
      description: 'what its log tells; debug has the reason of each refusal',
      choices: logLevels,
      otherwise: 'info',
    },
    {
      flags: '--check',
      description: 'reads and checks everything, and opens nothing',
      onlyFlag: true,
    },
    ...targetOptions,
    ...signingOptions,
    ...connectionOptions,
    ...serviceOptions,
  ],
  examples: [
    'jotgate gateway',
    'jotgate gateway --check --config /etc/jotgate/jotgate.config.json',
    'jotgate gateway --port 9000 2>> gateway.log >> audit-heads.log',
  ],
  notes:
    'Its log goes to stderr, a JSON object a line. On stdout it writes each minute how far the audit log is, for `jotgate audit verify --head`.\nExit code 0 after a signal, 1 when it cannot run, 2 when a setting is wrong.\nThe keys that it needs are made by `jotgate gateway init`.',
  endsOnSignal: true,
  async run(call) {
    const { folder } = call.terminal
    const read = await readGatewaySettings({ file: call.values.text('config'), folder })
    const settings = { ...read, listen: readListen(call, read) }
    const { options, tls, openStore, signingKeys, warnings, close } = await readGateway(
      call,
      settings,
    )
    try {
      for (const notice of tls?.notices ?? []) call.note(`warning: ${notice}`)
      if (call.values.isOn('check')) {
        for (const warning of warnings) call.note(`warning: ${warning}`)
        return { text: '', next: 'The gateway has no problems.' }
      }
      warn(call, settings)
      const { createGateway, createLog } = await import('../../gateway/index.ts')
      const log = createLog(logLevels.find((one) => one === call.values.text('logLevel')))
      const store = await openStore()
      const gateway = await createGateway({ ...options, log, store })
      try {
        const { url } = await gateway.listen({ ...settings.listen, tls: tls?.certificates })
        await openAdministration(call, gateway, settings.admin)
        for (const { upstream, key } of signingKeys)
          await reloadSigningKey(call, gateway, key, upstream)
        await reloadKeyRing(gateway, store, settings.store.keysFile)
        await reloadTls(gateway, settings.listen.tls)
        const addresses = settings.sites.map(({ publicUrl }) => publicUrl).join(', ')
        call.note(`The gateway of ${addresses} listens at ${url}`)
        await aborted(call.signal)
      } finally {
        await gateway.close()
      }
      return { text: '' }
    } finally {
      await close()
    }
  },
}

function readListen(call: Call, { listen }: GatewaySettings): GatewaySettings['listen'] {
  const text = call.values.text('port')
  if (text !== undefined && !(/^\d{1,5}$/.test(text) && Number(text) <= 65_535))
    throw call.refuse('--port must be a whole number from 0 to 65535')
  return {
    ...listen,
    host: call.values.text('host') ?? listen.host,
    port: text === undefined ? listen.port : Number(text),
  }
}

/** TLS ends in front of it, so each connection comes from there. */
function warn(call: Call, { sites, trustedProxies, listen }: GatewaySettings): void {
  if (listen.tls.length > 0) return
  const isSecure = sites.some(({ publicUrl }) => publicUrl.startsWith('https:'))
  if (isSecure && trustedProxies === undefined)
    call.note(
      'warning: gateway.trustedProxies is not set: everybody who comes by the server that ends TLS counts as one address, in limits and in the audit log',
    )
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
