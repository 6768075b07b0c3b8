import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { cliErrors } from './errors.ts'
import { interrupted } from './interruption.ts'

/** Asks one question; what is typed for a secret is not shown. */
export type Ask = (question: string, secret: boolean) => Promise<string>

/** Asks on a terminal, one question after the other. */
export function createAsk(terminal: {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream & { columns?: number }
  signal: AbortSignal
}): Ask {
  const { output, signal } = terminal
  // Who pastes several answers at once means them for the questions that follow. They come in one piece,
  // with the first answer: whole lines, and perhaps the beginning of another.
  const ahead: string[] = []
  let begun = ''
  return async (question, secret) => {
    const pasted = ahead.shift()
    if (pasted !== undefined) {
      output.write(`${question}${secret ? '' : pasted}\n`)
      return pasted
    }
    return new Promise((resolve, reject) => {
      let answer: string | undefined
      // Shows neither a secret nor what was pasted ahead, which may answer a question for a secret.
      const screen = new Writable({
        write(chunk, _encoding, done) {
          if (!secret && answer === undefined) output.write(chunk)
          done()
        },
      })
      const reader = createInterface({
        input: terminal.input,
        output: Object.assign(screen, { columns: output.columns || 80 }),
        terminal: true,
        signal,
      })
      let isInterrupted = false
      reader.on('line', (line) => ahead.push(line))
      // The terminal gives Ctrl+C as a key, and no signal.
      reader.once('SIGINT', () => {
        isInterrupted = true
        reader.close()
      })
      reader.once('close', () => {
        if (secret || answer === undefined) output.write('\n')
        if (answer !== undefined) return resolve(answer)
        if (isInterrupted || signal.aborted) return reject(interrupted)
        // Ctrl+D: nothing was answered, and nothing may be done.
        reject(cliErrors.ERR_CLI_INPUT({ source: 'The question', problem: 'was not answered' }))
      })
      // Only now, when the terminal echoes no more by itself.
      if (secret) output.write(question)
      reader.question(secret ? '' : question, (line) => {
        answer = line
        // The rest of what was pasted is read before the reader closes.
        setImmediate(() => {
          begun = reader.line
          reader.close()
        })
      })
      if (begun !== '') reader.write(begun)
      begun = ''
    })
  }
}
