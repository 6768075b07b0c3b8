import { type FileHandle, open, unlink } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { configFileName, parseConfig, productNames, products } from '../../config/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { reasonOf } from '../result.ts'

/** `jotgate init`. */
export const init: CommandSpec = {
  name: 'init',
  summary: 'write jotgate.config.json and a key pair',
  description:
    'Writes a configuration file with one deployment, makes its key pair, and tells the next step. On a terminal it asks for what is not given.',
  options: [
    { flags: '--for <product>', description: 'the product of Qlik', choices: productNames },
    { flags: '--url <origin>', description: 'its address, such as https://acme.eu.qlikcloud.com' },
    {
      flags: '--issuer <text>',
      description: 'a name for you as issuer, such as acme.example (Cloud)',
    },
    { flags: '--prefix <text>', description: 'prefix of the virtual proxy (client-managed)' },
    { flags: '--user-directory <text>', description: 'the user directory (client-managed)' },
    { flags: '--deployment <name>', description: 'a name of your own for it', otherwise: 'prod' },
    { flags: '--kid <id>', description: 'the key ID', otherwise: 'the key’s thumbprint' },
    { flags: '--keys <dir>', description: 'the folder of the keys', otherwise: 'keys' },
    { flags: '--config <file>', description: 'the file to write', otherwise: configFileName },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate init',
    'jotgate init --for cloud --url https://acme.eu.qlikcloud.com --issuer acme.example --kid acme-1',
    'jotgate init --for client-managed --url https://sense.acme.example --prefix jwt \\\n      --user-directory ACME',
  ],
  notes: 'With --json: { config, privateKeyFile, certificateFile, kid }. Nothing is overwritten.',
  async run(call) {
    const answers = await readAnswers(call)
    const file = call.values.text('config') ?? configFileName
    const keys = call.values.text('keys') ?? 'keys'
    const path = resolve(call.terminal.folder, file)
    const handle = await openNew(path, file)
    try {
      const { createKeyPair, writeKeyPair } = await import('../../keys/index.ts')
      const kid = call.values.text('kid')
      const keyFile = relative(resolve(path, '..'), resolve(call.terminal.folder, keys, 'qlik.pem'))
      // Checked before the slow part, and before a key lies there that nobody needs.
      await parseConfig(toText(answers, keyFile, kid ?? 'later'), file)
      const keyPair = await createKeyPair({
        ...(kid === undefined ? {} : { kid }),
        clock: call.clock,
      })
      const files = await writeKeyPair({ folder: keys, keyPair })
      await handle.writeFile(toText(answers, keyFile, keyPair.kid))
      await handle.close()
      nextStep(call, answers, files.certificateFile, keyPair.kid)
      const { privateKeyFile, certificateFile } = files
      return {
        text: `config ${file}\nprivate-key ${privateKeyFile}\ncertificate ${certificateFile}\nkid ${keyPair.kid}\n`,
        json: { config: file, privateKeyFile, certificateFile, kid: keyPair.kid },
      }
    } catch (error) {
      await handle.close().catch(() => undefined)
      await unlink(path).catch(() => undefined)
      throw error
    }
  },
}

interface Answers {
  readonly product: string
  readonly name: string
  readonly url: string
  /** Members of the deployment, and of its signing, that only this product has. */
  readonly own: Readonly<Record<string, string>>
  readonly signing: Readonly<Record<string, string>>
}

const questions = {
  for: `Product of Qlik (${productNames.join(' or ')}): `,
  url: 'Address, such as https://acme.eu.qlikcloud.com: ',
  issuer: 'Issuer, a name for you such as acme.example: ',
  prefix: 'Prefix of the virtual proxy (empty for the default one): ',
  userDirectory: 'User directory: ',
} as const

async function readAnswers(call: Call): Promise<Answers> {
  const missing: string[] = []
  const { stdinIsTerminal, stderrIsTerminal } = call.terminal
  const get = async (name: keyof typeof questions, flag: string): Promise<string> => {
    const given = call.values.text(name)
    if (given !== undefined) return given
    if (stdinIsTerminal && stderrIsTerminal)
      return (await call.terminal.ask(questions[name])).trim()
    if (name !== 'prefix') missing.push(`${flag} is missing`)
    return ''
  }
  const product = await get('for', '--for')
  const url = await get('url', '--url')
  const asks = productNames.find((name) => name === product)
  const own: Record<string, string> = {}
  const signing: Record<string, string> = {}
  for (const [name, place] of Object.entries(asks === undefined ? {} : products[asks].asks)) {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const target = place === 'signing' ? signing : own
    target[name] = await get(name as keyof typeof questions, flag)
  }
  const name = call.values.text('deployment') ?? 'prod'
  if (missing.length > 0) throw call.refuse(...missing)
  return { product, name, url, own, signing }
}

function toText(
  { product, name, url, own, signing }: Answers,
  keyFile: string,
  kid: string,
): string {
  const config = {
    $schema: './node_modules/jotgate/config.schema.json',
    deployments: {
      [name]: { product, url, ...own, signing: { key: { file: keyFile }, kid, ...signing } },
    },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

async function openNew(path: string, file: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o644)
  } catch (error) {
    if (reasonOf(error) === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
    throw cliErrors.ERR_CLI_OUT({ file, reason: reasonOf(error) }, { cause: error })
  }
}

function nextStep(call: Call, { signing, name }: Answers, certificate: string, kid: string): void {
  const give =
    signing.issuer === undefined
      ? `paste ${certificate} into the virtual proxy (QMC, authentication method JWT)`
      : `make an identity provider of the type JWT with issuer ${signing.issuer}, key ID ${kid}, and the line of \`jotgate keys export --as one-line --certificate ${certificate}\``
  call.note(`Next: ${give}. Then: jotgate token create --deployment ${name} --help`)
}
