import type { Call, CommandSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { layoutFor } from '../layout.ts'
import { baseOf, frameworkOf, readApplication } from './application.ts'
import { frameworks } from './frameworks.ts'
import { nextSteps } from './next-steps.ts'
import { refuseExisting, writeFiles } from './write-files.ts'

const names = frameworks.map(({ name }) => name)

/** `jotgate add`. */
export const add: CommandSpec = {
  name: 'add',
  summary: 'a page with a chart, in your own application',
  description:
    'Writes the files of a first chart into the application in this folder: a page, a small login to replace by your own, the endpoint for tokens, and a program that sets Qlik up. It shows what it would write, asks, and overwrites nothing.',
  operands: [
    {
      name: 'framework',
      description: `${names.join(', ')}; without it, the one that package.json has`,
      optional: true,
    },
  ],
  options: [
    { flags: '--yes', description: 'write without asking', onlyFlag: true },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: ['jotgate add', 'jotgate add express --yes'],
  notes:
    'With --json: { framework, files, next: [{ step, lines }] }. If a file is there already, nothing is written.',
  endsOnSignal: true,
  async run(call) {
    const [asked] = call.operands
    if (asked !== undefined && !names.includes(asked))
      throw call.refuse(`the framework is one of ${names.join(', ')}`)
    const { folder } = call.terminal
    const application = await readApplication(folder)
    const framework = frameworkOf(application, asked)
    const base = baseOf(application, framework)
    const files = framework.files.map(({ template, target }) => ({
      template,
      target: `${base}${target}`,
    }))
    await refuseExisting(folder, files)
    const targets = files.map(({ target }) => target)
    if (!call.values.isOn('yes'))
      await askFirst(call, `${framework.title}: these files would be new`, targets)
    call.signal.throwIfAborted()
    await writeFiles(folder, files)
    const next = nextSteps(application, framework, base)
    return {
      text: targets.map((file) => `${file}\n`).join(''),
      json: { framework: framework.name, files: targets, next },
      next: inWords(call, next),
    }
  },
}

/** Shows what would be written; without somebody to answer, nothing is. */
async function askFirst(call: Call, title: string, files: readonly string[]): Promise<void> {
  const { stdinIsTerminal, stderrIsTerminal } = call.terminal
  call.note([title, ...files.map((file) => `  ${file}`)].join('\n'))
  if (!stdinIsTerminal || !stderrIsTerminal)
    throw call.refuse('--yes is missing: there is no terminal to ask on')
  const answer = await call.terminal.ask('Write them? [y/N] ')
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw cliErrors.ERR_CLI_ADD_DECLINED({})
}

function inWords(call: Call, steps: ReturnType<typeof nextSteps>): string {
  const { paint, wrap } = layoutFor(call.terminal, 'stderr')
  const lines = steps.flatMap(({ step, lines: typed }, index) => [
    wrap(`  ${index + 1}. ${step}`, '     '),
    ...typed.map((line) => `       ${line}`),
  ])
  return [paint('bold', 'Next:'), ...lines].join('\n')
}
