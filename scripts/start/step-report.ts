import { styleText } from 'node:util'

/** Reports what a long command does: one line a step, updated on a terminal, plain elsewhere. */
export interface StepReport {
  title(text: string): void
  /** Runs a step; `describe` turns its result into the words after the tick. */
  step<Result>(
    name: string,
    run: () => Result | Promise<Result>,
    describe: (result: Result) => string,
  ): Promise<Result>
  line(text: string): void
}

/**
 * Reports steps to a stream.
 *
 * @param stream where to write; colours and the running clock only where it is a terminal and NO_COLOR is unset
 */
export function createStepReport(stream: NodeJS.WriteStream): StepReport {
  const style = (format: 'bold' | 'green' | 'red' | 'dim', text: string) =>
    styleText(format, text, { stream })
  const line = (text: string) => {
    stream.write(`${text}\n`)
  }
  return {
    line,
    title: (text) => line(`\n${style('bold', text)}\n`),
    async step(name, run, describe) {
      const label = name.padEnd(18)
      const startedAt = performance.now()
      const running = stream.isTTY
        ? setInterval(() => {
            const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
            stream.write(`\r  ${style('dim', `… ${label} ${seconds} s`)}`)
          }, 250)
        : undefined
      const end = (mark: string, text: string) => {
        clearInterval(running)
        line(`${stream.isTTY ? '\r\u001b[2K' : ''}  ${mark} ${label} ${text}`)
      }
      try {
        const result = await run()
        end(style('green', '✔'), describe(result))
        return result
      } catch (error) {
        end(style('red', '✖'), '')
        throw error
      }
    },
  }
}
