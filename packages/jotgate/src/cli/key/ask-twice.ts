import type { Call } from '../command.ts'

/**
 * Asks for a new passphrase, which nobody can read while it is typed, and for the same again. What will not
 * do is asked for again.
 *
 * @param what it is to open
 * @param problemOf what is wrong with it, such as `is shorter than 8 characters`
 */
export async function askTwice(
  call: Call,
  what: string,
  problemOf: (word: string) => string | undefined,
): Promise<string> {
  const ask = (question: string) => call.terminal.ask(question, { secret: true })
  for (;;) {
    const word = await ask(`New passphrase, for ${what}: `)
    const problem = problemOf(word)
    if (problem !== undefined) call.note(`  It ${problem}.`)
    else if (word === (await ask('The same once more: '))) return word
    else call.note('  The two differ.')
  }
}
