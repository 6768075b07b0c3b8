import type { Call } from '../command.ts'

/**
 * Asks for a new passphrase, which nobody can read while it is typed, and for the same once more.
 *
 * @param what it is to open
 * @param check throws when it will not do, before it is asked for again
 */
export async function askTwice(
  call: Call,
  what: string,
  check: (word: string) => void = () => undefined,
): Promise<string> {
  const ask = (question: string) => call.terminal.ask(question, { secret: true })
  const word = await ask(`New passphrase, for ${what}: `)
  check(word)
  if (word !== (await ask('The same once more: '))) throw call.refuse('the two passphrases differ')
  return word
}
