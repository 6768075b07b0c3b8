import { dirname } from 'node:path'
import { checkFolder, pfxPassphraseProblem, readSigningKey, toPfx } from '../../keys/index.ts'
import { type Call, nameOfOption, type OptionSpec, type Outcome } from '../command.ts'
import { readInput } from '../read-input.ts'
import { withPassphrase } from '../signing.ts'
import { askTwice } from './ask-twice.ts'
import { insecureFolderOption, mayUseInsecureFolder } from './insecure-folder.ts'
import { readKeyInput } from './key-input.ts'

/** What `--as pfx` takes besides the two halves. */
export const pfxOptions: readonly OptionSpec[] = [
  {
    flags: '--pfx-passphrase-file <file>',
    description: 'what is to open the PFX file, 12 characters at least; - is stdin',
    otherwise: 'asked for',
  },
  {
    flags: '--pfx-passphrase-env <name>',
    description: 'the environment variable with that passphrase',
  },
  {
    flags: '--friendly-name <text>',
    description: 'the name that Windows and Java show of it',
    otherwise: 'the certificate’s',
  },
  insecureFolderOption,
]

/** They would be passed over in silence, and somebody think that something was encrypted. */
export function refusePfxOptions(call: Call, form: string): void {
  const given = pfxOptions.filter(({ flags }) => call.values.source(nameOfOption(flags)) === 'flag')
  if (given.length > 0)
    throw call.refuse(...given.map(({ flags }) => `${flags.split(' ')[0]} is not for --as ${form}`))
}

/** Both halves as a PFX file. */
export async function exportPfx(call: Call): Promise<Outcome> {
  checkUse(call)
  await call.result.mustBeNew()
  const { privateKey, passphrase, certificate } = await readKeyInput(call)
  if (privateKey === undefined || certificate === undefined)
    throw new TypeError('Both halves were checked to be there')
  const given = await givenPassphrase(call)
  const out = call.values.text('out')
  if (out !== undefined) await checkFolder(dirname(out), mayUseInsecureFolder(call))
  // Opened first, so that the old passphrase is asked for before the new one.
  let word = passphrase
  const open = (one: string | undefined) => {
    word = one
    return readSigningKey({ ...privateKey, ...(one === undefined ? {} : { passphrase: one }) })
  }
  await withPassphrase(call, open, passphrase)
  const friendlyName = call.values.text('friendlyName')
  const pfx = await toPfx({
    privateKey: { ...privateKey, ...(word === undefined ? {} : { passphrase: word }) },
    certificate,
    passphrase: given ?? (await askTwice(call, 'the PFX file', pfxPassphraseProblem)),
    ...(friendlyName === undefined ? {} : { friendlyName }),
  })
  if (call.values.isOn('json'))
    return { text: '', json: { form: 'pfx', value: pfx.toString('base64') } }
  await call.result.write(pfx)
  return { text: '' }
}

function checkUse({ values, terminal, refuse }: Call): void {
  const has = (name: string) => values.text(name) !== undefined
  const mayAsk = terminal.stdinIsTerminal && terminal.stderrIsTerminal
  const isBinary = !has('out') && !values.isOn('json')
  const problems = [
    !has('key') && !has('keyEnv') && '--as pfx needs the private key: --key or --key-env',
    !has('certificate') && '--as pfx needs the certificate of the key: --certificate',
    has('pfxPassphraseFile') &&
      has('pfxPassphraseEnv') &&
      'the passphrase of the PFX file is named twice: by a file and by an environment variable',
    !has('pfxPassphraseFile') &&
      !has('pfxPassphraseEnv') &&
      !mayAsk &&
      'the passphrase of the PFX file is missing: --pfx-passphrase-file or --pfx-passphrase-env',
    isBinary && terminal.stdoutIsTerminal && '--as pfx gives bytes that no terminal shows: --out',
  ].filter((problem) => problem !== false)
  if (problems.length > 0) throw refuse(...problems)
}

async function givenPassphrase(call: Call): Promise<string | undefined> {
  const [file, env] = [call.values.text('pfxPassphraseFile'), call.values.text('pfxPassphraseEnv')]
  // A line break at its end is the editor's.
  if (file !== undefined)
    return (await readInput(call, '--pfx-passphrase-file', file)).replace(/\r?\n$/, '')
  if (env === undefined) return undefined
  const value = call.terminal.environment[env]
  if (value === undefined || value === '')
    throw call.refuse(
      '--pfx-passphrase-env names an environment variable that is not set, or empty',
    )
  return value
}
