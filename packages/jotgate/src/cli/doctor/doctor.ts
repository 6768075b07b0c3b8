import { type CommandSpec, resultOptions } from '../command.ts'
import { readHarLine, runHar } from './har.ts'

/** `jotgate doctor`. */
export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'why a login does not work',
  description:
    'Reads a HAR that a browser recorded while a login failed, draws the login as a sequence, and says which step is broken first and how to mend it. Secrets are removed from all that it prints. Nothing is asked of the network.',
  options: [
    { flags: '--har <file>', description: 'the HAR, at most 128 MiB', onlyFlag: true },
    {
      flags: '--cleaned <file>',
      description: 'write the HAR there without its secrets, to send it to somebody',
      onlyFlag: true,
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate doctor --har login.har',
    'jotgate doctor --har login.har --json',
    'jotgate doctor --har login.har --cleaned for-support.har',
  ],
  notes:
    'Exit code 3 when a step is broken, and 0 when none is.\nWith --json: { recordedBy, parties, steps: [{ atMs, durationMs, to, through, method, address, what, status, verdict, count }],\nfindings: [{ id, verdict, title, evidence, hint, source, step }], requests, leftOut }.',
  run: (call) => runHar(call, readHarLine(call)),
}
