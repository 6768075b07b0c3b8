import { createPrivateKey } from 'node:crypto'
import { isJotgateError } from '../../errors/index.ts'
import { createKeyPair, readCertificate, writeKeyPair } from '../../keys/index.ts'
import { definedOf, escapeForTerminal } from '../../values/index.ts'
import type { Call, CommandSpec } from '../command.ts'
import { layoutFor } from '../layout.ts'
import { passphraseOptions, readGivenSettings } from '../setting-options.ts'
import { readPassphrase } from '../signing.ts'
import { askTwice } from './ask-twice.ts'
import { insecureFolderOption, mayUseInsecureFolder } from './insecure-folder.ts'

/** `jotgate keys create`. */
export const keysCreate: CommandSpec = {
  name: 'keys create',
  summary: 'make a key pair and its certificate',
  description:
    'Makes an RSA key pair: NAME.pem, the private key for this machine (0600), and NAME.cer, the certificate for Qlik. Nothing is overwritten.',
  options: [
    {
      flags: '--out <dir>',
      description: 'the folder; made when it is not there',
      otherwise: 'keys',
    },
    insecureFolderOption,
    { flags: '--name <text>', description: 'the name of both files', otherwise: 'qlik' },
    {
      flags: '--bits <number>',
      description: 'the size',
      choices: ['2048', '3072', '4096'],
      otherwise: '3072',
    },
    {
      flags: '--days <number>',
      description: 'how long the certificate is valid, 1 to 7300',
      otherwise: '1825',
    },
    {
      flags: '--subject <text>',
      description: 'the certificate’s common name',
      otherwise: 'jotgate',
    },
    {
      flags: '--kid <id>',
      description: 'the key ID that is shown',
      otherwise: 'the key’s thumbprint',
    },
    ...passphraseOptions,
    {
      flags: '--encrypt',
      description: 'encrypt the private key; without a passphrase above, the terminal asks for one',
    },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate keys create --kid acme-1',
    'jotgate keys create --kid acme-1 --encrypt',
    'jotgate keys create --out /etc/jotgate --name prod --bits 4096 --passphrase-file pass.txt',
  ],
  notes:
    'With --json: { kid, privateKeyFile, certificateFile, notAfter, publicJwk }.\nThe private key is never printed.',
  async run(call) {
    const { values } = call
    const days = daysOf(call)
    const passphrase = await passphraseOf(call)
    const name = values.text('name')
    const pair = await inOurWords(call, () =>
      createKeyPair({
        ...definedOf({ kid: values.text('kid'), commonName: values.text('subject'), days }),
        bits: Number(values.text('bits') ?? 3072) as 2048 | 3072 | 4096,
        clock: call.clock,
      }),
    )
    const insecureFolder = mayUseInsecureFolder(call)
    const files = await inOurWords(call, () =>
      writeKeyPair({
        folder: values.text('out') ?? 'keys',
        ...(name === undefined ? {} : { name }),
        insecureFolder,
        keyPair: { ...pair, privateKeyPem: encrypted(pair.privateKeyPem, passphrase) },
      }),
    )
    const { notAfter } = await readCertificate({ file: files.certificateFile })
    return {
      text: `kid ${pair.kid}\nprivate-key ${files.privateKeyFile}\ncertificate ${files.certificateFile}\n`,
      json: {
        kid: pair.kid,
        ...files,
        notAfter: notAfter.toISOString(),
        publicJwk: pair.publicJwk,
      },
      next: nextSteps(call, files),
    }
  },
}

function daysOf(call: Call): number | undefined {
  const text = call.values.text('days')
  if (text === undefined) return undefined
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > 7300)
    throw call.refuse('--days must be a whole number from 1 to 7300')
  return Number(text)
}

async function passphraseOf(call: Call): Promise<string | undefined> {
  const { passphrase } = readGivenSettings(call)
  if (passphrase !== undefined) return checked(call, await readPassphrase(call, passphrase))
  return call.values.isOn('encrypt') ? askNewPassphrase(call) : undefined
}

/** Asked before the key is made: who gives up here has waited for nothing, and nothing lies there. */
async function askNewPassphrase(call: Call): Promise<string> {
  const { stdinIsTerminal, stderrIsTerminal } = call.terminal
  if (!stdinIsTerminal || !stderrIsTerminal)
    throw call.refuse(
      '--encrypt: there is no terminal to ask for the passphrase; name it by --passphrase-file or --passphrase-env',
    )
  return askTwice(call, 'the private key', passphraseProblem)
}

/** What opens the key must not be guessed faster than the key itself is broken. */
function passphraseProblem(word: string): string | undefined {
  return word.length < 8 ? 'is shorter than 8 characters' : undefined
}

function checked(call: Call, word: string): string {
  const problem = passphraseProblem(word)
  if (problem !== undefined) throw call.refuse(`the passphrase ${problem}`)
  return word
}

/** The part keys calls its options otherwise. */
async function inOurWords<Value>(call: Call, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action()
  } catch (error) {
    if (!isJotgateError(error, 'ERR_KEY_OPTION')) throw error
    const { option, problem } = error.details
    throw call.refuse(`--${option === 'commonName' ? 'subject' : option} ${problem}`)
  }
}

function nextSteps(
  call: Call,
  files: { readonly privateKeyFile: string; readonly certificateFile: string },
): string {
  const { paint, wrap } = layoutFor(call.terminal, 'stderr')
  const { privateKeyFile, certificateFile } = files
  const steps = `Give ${certificateFile} to Qlik; Qlik Cloud takes it in one line, which \`jotgate keys export --as one-line --certificate ${certificateFile}\` prints. Keep ${privateKeyFile} here.`
  return `${paint('bold', 'Next:')} ${wrap(escapeForTerminal(steps), '  ')}`
}

/** PKCS#8, encrypted by AES-256 (RFC 8018). */
function encrypted(privateKeyPem: string, passphrase: string | undefined): string {
  if (passphrase === undefined) return privateKeyPem
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  return createPrivateKey(privateKeyPem).export(options).toString()
}
