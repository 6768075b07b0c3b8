import type { Settings } from '../../config/index.ts'
import { inWords, readFileWithin } from '../../files/index.ts'
import { type ClientCertificate, createTransport, type Transport } from '../../qlik/index.ts'
import { definedOf } from '../../values/index.ts'
import type { Call } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { readInput } from '../read-input.ts'
import { settingOptions } from '../setting-options.ts'

/** How calls reach Qlik. */
export const connectionOptions = settingOptions(({ group }) => group === 'connection')

/** The services of client-managed Qlik that a program calls with a certificate. */
export const serviceOptions = settingOptions(({ group }) => group === 'service')

/**
 * Makes the transport that the settings and the environment's proxy servers ask for; none where Node's own fetch
 * does.
 *
 * @param withCertificate whether the client certificate of the settings is shown
 */
export async function readTransport(
  call: Call,
  settings: Settings,
  withCertificate = false,
): Promise<Transport | undefined> {
  const { caFile, authorities } = settings
  const { environment } = call.terminal
  const certificate = withCertificate ? await readClientCertificate(call, settings) : undefined
  const hasProxy = ['HTTPS_PROXY', 'HTTP_PROXY'].some(
    (name) => environment[name] || environment[name.toLowerCase()],
  )
  if (caFile === undefined && authorities !== 'system' && !hasProxy && certificate === undefined)
    return undefined
  return createTransport({
    environment,
    systemCa: authorities === 'system',
    ...(caFile === undefined ? {} : { ca: await readInput(call, '--ca-file', caFile) }),
    ...definedOf({ clientCertificate: certificate }),
  })
}

async function readClientCertificate(
  call: Call,
  { clientCertificate = {} }: Settings,
): Promise<ClientCertificate | undefined> {
  const { file, keyFile } = clientCertificate
  if (file === undefined && keyFile === undefined) return undefined
  if (file === undefined || keyFile === undefined)
    throw call.refuse('--client-certificate and --client-key go together: one is missing')
  const certificate = await readInput(call, '--client-certificate', file)
  const key = keyFile === '-' ? readInput(call, '--client-key', '-') : readClientKey(keyFile)
  return { certificate, key: await key }
}

/** No key that people use is larger. */
const maxKeyBytes = 65_536

/** SECURITY: whoever can read this key can call the whole site in any user's name. */
async function readClientKey(file: string): Promise<string> {
  const { bytes, stats, refusal } = await readFileWithin(file, maxKeyBytes)
  const wrong = (problem: string) => cliErrors.ERR_CLI_INPUT({ source: file, problem })
  if (refusal !== undefined) throw wrong(inWords(refusal))
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw wrong('is a private key that other users can read: chmod 600 is needed')
  return bytes.toString('utf8')
}
