import type { Call } from '../command.ts'

/** Asks before several sessions are ended, unless `--yes` has answered. */
export async function confirmEnding(call: Call, sessions: number, users: number): Promise<void> {
  if (sessions < 2 || call.values.isOn('yes')) return
  const { terminal } = call
  const what = `${sessions} sessions of ${users} user${users === 1 ? '' : 's'}`
  if (!terminal.stdinIsTerminal || !terminal.stderrIsTerminal)
    throw call.refuse(`${what} would be ended: --yes ends them without a question`)
  const answer = await terminal.ask(`End ${what}? (yes/no) `)
  if (!/^y(es)?$/i.test(answer.trim())) throw call.refuse('nothing was ended')
}
