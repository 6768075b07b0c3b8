import { type CommandSpec, resultOptions } from '../command.ts'
import { deploymentOptions, runDeployment } from './deployment.ts'
import { readHarLine, runHar } from './har.ts'

/** `jotgate doctor`. */
export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'why a login does not work',
  description:
    'Checks a deployment from the outside in: network, key, set-up at Qlik, a test login, the person, their data. Says what is wrong, what shows it, and how to mend it; what cannot be known is said as not checked. Nothing is changed at Qlik, unless --create-test-user makes a user and deletes them, or --fix applies the settings after a yes. With --har it reads a HAR that a browser recorded while a login failed, draws the login as a sequence, and says which step is broken first and how to mend it. Secrets are removed from all that it prints.',
  options: [
    { flags: '--har <file>', description: 'the HAR, at most 128 MiB', onlyFlag: true },
    {
      flags: '--cleaned <file>',
      description: 'write the HAR there without its secrets, to send it to somebody',
      onlyFlag: true,
    },
    ...deploymentOptions,
    ...resultOptions,
  ],
  examples: [
    'jotgate doctor --deployment prod --as 42 --app 6d6f7669-6573-4a6f-8761-746500003201',
    'jotgate doctor --deployment prod --junit doctor.xml --json || echo "look at it"',
    'jotgate doctor --deployment prod --fix',
    'jotgate doctor --har login.har',
    'jotgate doctor --har login.har --cleaned for-support.har',
  ],
  notes:
    'Exit code 3 when a check has failed or a step is broken, and 0 when none; a warning alone is 0. With --fix those of the check after it count.\nWith --json: { deployment: { product, url }, results: [{ check, category, verdict, title, evidence, hint,\nisMendedByApply, source, waitsFor }] },\nwith --fix also applied: { done: [{ action, kind, key }], left }.\nWith --har and --json: { recordedBy, parties, steps: [{ atMs, durationMs, to, through, method, address, what, status, verdict, count }],\nfindings: [{ id, verdict, title, evidence, hint, source, step }], requests, leftOut }.',
  endsOnSignal: true,
  run: (call) =>
    call.values.text('har') === undefined && call.values.text('cleaned') === undefined
      ? runDeployment(call)
      : runHar(call, readHarLine(call)),
}
