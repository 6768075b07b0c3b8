import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { cliErrors } from './errors.ts'

/** Asks on the terminal; what is typed for a secret is not shown. */
export function askOnTerminal(question: string, secret: boolean): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({
    input: process.stdin,
    output: secret ? silent : process.stderr,
    terminal: true,
  })
  return new Promise((resolve, reject) => {
    if (secret) process.stderr.write(question)
    let answered = false
    reader.once('close', () => {
      if (secret) process.stderr.write('\n')
      // Ctrl+C and Ctrl+D: nothing was answered, and nothing may be done.
      if (!answered)
        reject(cliErrors.ERR_CLI_INPUT({ source: 'The question', problem: 'was not answered' }))
    })
    reader.once('SIGINT', () => reader.close())
    reader.question(secret ? '' : question, (answer) => {
      answered = true
      reader.close()
      resolve(answer)
    })
  })
}
