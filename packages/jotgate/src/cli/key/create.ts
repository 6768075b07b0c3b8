import { createPrivateKey } from 'node:crypto'
import type { Call, CommandSpec } from '../command.ts'
import { readPassphrase } from '../signing.ts'

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
    {
      flags: '--passphrase-file <file>',
      description: 'encrypt the private key with the passphrase in it; - is stdin',
    },
    {
      flags: '--passphrase-env <name>',
      description: 'the environment variable with the passphrase',
    },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate keys create --kid acme-1',
    'jotgate keys create --out /etc/jotgate --name prod --bits 4096 --passphrase-file pass.txt',
  ],
  notes:
    'With --json: { kid, privateKeyFile, certificateFile, notAfter, publicJwk }.\nThe private key is never printed.',
  async run(call) {
    const { values } = call
    const days = daysOf(call)
    const passphrase = await passphraseOf(call)
    const { createKeyPair, writeKeyPair, readCertificate } = await import('../../keys/index.ts')
    const pair = await createKeyPair({
      ...definedOf({ kid: values.text('kid'), commonName: values.text('subject'), days }),
      bits: Number(values.text('bits') ?? 3072) as 2048 | 3072 | 4096,
      clock: call.clock,
    })
    const name = values.text('name')
    const files = await writeKeyPair({
      folder: values.text('out') ?? 'keys',
      ...(name === undefined ? {} : { name }),
      keyPair: { ...pair, privateKeyPem: encrypted(pair.privateKeyPem, passphrase) },
    })
    const { notAfter } = await readCertificate({ file: files.certificateFile })
    call.note(
      `Next: give ${files.certificateFile} to Qlik, for Qlik Cloud in one line (jotgate keys export --as one-line). Keep ${files.privateKeyFile} here.`,
    )
    return {
      text: `kid ${pair.kid}\nprivate-key ${files.privateKeyFile}\ncertificate ${files.certificateFile}\n`,
      json: {
        kid: pair.kid,
        ...files,
        notAfter: notAfter.toISOString(),
        publicJwk: pair.publicJwk,
      },
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
  const [file, env] = [call.values.text('passphraseFile'), call.values.text('passphraseEnv')]
  if (file !== undefined && env !== undefined)
    throw call.refuse('the passphrase is named twice: by a file and by an environment variable')
  if (file === undefined && env === undefined) return undefined
  const word = await readPassphrase(call, file === undefined ? { env: env ?? '' } : { file })
  // What opens the key must not be guessed faster than the key itself is broken.
  if (word.length < 8) throw call.refuse('the passphrase is shorter than 8 characters')
  return word
}

/** PKCS#8, encrypted by AES-256 (RFC 8018). */
function encrypted(privateKeyPem: string, passphrase: string | undefined): string {
  if (passphrase === undefined) return privateKeyPem
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  return createPrivateKey(privateKeyPem).export(options).toString()
}

function definedOf<Values extends object>(values: Values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: NonNullable<Values[Name]>
  }
}
