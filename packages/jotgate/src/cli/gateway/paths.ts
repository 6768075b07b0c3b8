import { createReadStream } from 'node:fs'
import type { ProposedPath } from '../../gateway/index.ts'
import { type Call, type CommandSpec, resultOptions } from '../command.ts'
import { inColumns } from '../layout.ts'
import { asInputError } from '../read-input.ts'
import { linesOf } from './log-lines.ts'

/** `jotgate gateway paths`. */
export const gatewayPaths: CommandSpec = {
  name: 'gateway paths',
  summary: 'lines for a gateway’s allow-list, from its log',
  description:
    'Reads the log of a gateway and proposes lines for `allowPaths`: what pages of people who are logged in asked for, and the allow-list does not have. Read them before you add them: each line opens a path of Qlik to everybody who is logged in.',
  options: [
    {
      flags: '--log <file>',
      description: 'the log of the gateway, a JSON object a line; - reads stdin',
      onlyFlag: true,
    },
    ...resultOptions,
  ],
  examples: [
    'jotgate gateway paths --log gateway.log',
    'journalctl -u jotgate -o cat | jotgate gateway paths --log - --json',
  ],
  notes:
    'Exit code 3 when there are lines to add. The log has the first, tenth, hundredth … time, so the count is the least that it was.\nWith --json: { allowPaths: [line], paths: [{ line, requests, pages, carried }] };\ncarried is true where `unlisted: "report"` let it through.',
  async run(call) {
    const log = call.values.text('log')
    if (log === undefined) throw call.refuse('missing: --log, the log of the gateway')
    const { createPathProposals } = await import('../../gateway/index.ts')
    const proposals = createPathProposals()
    let lines = 0
    try {
      const source = log === '-' ? call.stdin('--log') : createReadStream(log)
      for await (const line of linesOf(source)) {
        proposals.add(line)
        lines += 1
      }
    } catch (error) {
      throw asInputError(error, log)
    }
    const paths = proposals.list()
    if (lines === 0) call.note('note: the log is empty')
    return {
      text: inWords(call, paths),
      json: { allowPaths: paths.map(({ line }) => line), paths },
      exitCode: paths.length === 0 ? 0 : 3,
    }
  },
}

function inWords(call: Call, paths: readonly ProposedPath[]): string {
  if (paths.length === 0) return 'Nothing that was asked for is missing from the allow-list.\n'
  if (!call.terminal.stdoutIsTerminal) return paths.map(({ line }) => `${line}\n`).join('')
  return inColumns([
    ['LINE', 'REQUESTS', 'PAGES'],
    ...paths.map(({ line, requests, pages }) => [line, `${requests}`, pages.join(' ')]),
  ])
}
