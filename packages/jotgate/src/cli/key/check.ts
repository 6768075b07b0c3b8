import { checkKey } from '../../keys/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { exitCodeOf, findingsInWords } from '../findings.ts'
import { keyInputOptions, readKeyInput } from './key-input.ts'

/** `jotgate keys check`. */
export const keysCheck: CommandSpec = {
  name: 'keys check',
  summary: 'strength, expiry, and whether the two halves match',
  description:
    'Checks a private key, a certificate, or both: strength, known and breakable keys, dates, and that they belong together.',
  options: [
    ...keyInputOptions,
    {
      flags: '--test-site',
      description: 'the key is for a test site only: Qlik’s own key is advice',
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate keys check --key keys/qlik.pem --certificate keys/qlik.cer',
    'jotgate keys check --certificate keys/qlik.cer --json || echo "look at it"',
  ],
  notes:
    'Exit code 3 when something is wrong, such as a certificate of another key or one that has expired.\nWith --json: { findings: [{ id, effect, blocks, certainty, title, detail, hint, source }] }.',
  async run(call) {
    const { privateKey, passphrase, certificate } = await readKeyInput(call)
    const findings = await checkKey({
      ...(privateKey === undefined
        ? {}
        : { privateKey: { ...privateKey, ...(passphrase === undefined ? {} : { passphrase }) } }),
      ...(certificate === undefined ? {} : { certificate }),
      production: !call.values.isOn('testSite'),
      clock: call.clock,
    })
    const exitCode = exitCodeOf(findings)
    const head = exitCode === 0 ? 'Nothing is wrong with it.\n' : ''
    return {
      text: `${head}${findingsInWords(findings, call.terminal)}`,
      json: { findings },
      exitCode,
    }
  },
}
