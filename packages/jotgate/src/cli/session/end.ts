import { endSession, productFor, type QlikProduct } from '../../qlik/index.ts'
import type { CommandSpec } from '../command.ts'
import { readGivenSettings } from '../setting-options.ts'
import { readHow, readTimeoutMs, timeoutOption } from './credentials.ts'
import { readKeptSession, sessionFileOption } from './kept-session.ts'
import { connectionOptions } from './transport.ts'

/** `jotgate session end`. */
export const sessionEnd: CommandSpec = {
  name: 'session end',
  summary: 'ends a session that was kept',
  description:
    'Ends at Qlik the session that `session open --json` wrote, so that the file opens nothing any more. The file stays.',
  options: [
    sessionFileOption,
    timeoutOption,
    ...connectionOptions,
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate session end --session-file session.json && rm session.json',
    'jotgate session end --session-file - < session.json',
  ],
  notes:
    'A session that has already ended is not an error. Nothing is printed on stdout.\nClient-managed Qlik logs the user out of the virtual proxy: other sessions of theirs there reportedly end too.\nWith --json: { ended: true, scope }; scope is session or user-at-virtual-proxy.',
  async run(call) {
    const file = call.values.text('sessionFile')
    if (file === undefined) throw call.refuse('--session-file is missing')
    const timeoutMs = Math.min(readTimeoutMs(call), 300_000)
    const session = await readKeptSession(call, file)
    const how = await readHow(call, readGivenSettings(call))
    await endSession({ ...how, session, timeoutMs, signal: call.signal })
    const { endScope: scope } = productFor(session.deployment)
    const note = notes[scope]
    if (note !== undefined) call.note(note)
    return { text: '', json: { ended: true, scope } }
  },
}

/** What has ended besides the session itself. */
const notes: { readonly [Scope in QlikProduct['endScope']]?: string } = {
  'user-at-virtual-proxy':
    'note: client-managed Qlik logs the user out of this virtual proxy: their other sessions there may have ended too',
}
