import { endSession } from '../../qlik/index.ts'
import type { CommandSpec } from '../command.ts'
import { readTimeoutMs, timeoutOption } from './credentials.ts'
import { readKeptSession, sessionFileOption } from './kept-session.ts'

/** `jotgate session end`. */
export const sessionEnd: CommandSpec = {
  name: 'session end',
  summary: 'ends a session that was kept',
  description:
    'Ends at Qlik the session that `session open --json` wrote, so that the file opens nothing any more. The file stays.',
  options: [
    sessionFileOption,
    timeoutOption,
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate session end --session-file session.json && rm session.json',
    'jotgate session end --session-file - < session.json',
  ],
  notes:
    'A session that has already ended is not an error. Nothing is printed.\nWith --json: { ended: true }.',
  async run(call) {
    const file = call.values.text('sessionFile')
    if (file === undefined) throw call.refuse('--session-file is missing')
    const timeoutMs = Math.min(readTimeoutMs(call), 300_000)
    const session = await readKeptSession(call, file)
    await endSession({ session, timeoutMs, signal: call.signal })
    return { text: '', json: { ended: true } }
  },
}
