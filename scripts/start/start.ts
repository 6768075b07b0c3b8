import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isJotgateError } from 'jotgate'
import { startDemonstration } from './demonstration.ts'
import { readStartOptions, type StartOptions, usage } from './options.ts'
import { createStepReport } from './step-report.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function start(options: StartOptions): Promise<{ close(): Promise<void> }> {
  const report = createStepReport(process.stdout)
  report.title('jotgate: a local Qlik and an example portal, on this machine only')
  const running = await startDemonstration({ ...options, folder: join(root, '.jotgate'), report })
  const { portalUrl, plainUrl, emulators } = running
  const [first, second] = [portalUrl, plainUrl].map((url) => url.padEnd(30))
  const indent = ' '.repeat(37)
  report.line(
    `\n  Open ${first} Qlik Cloud and client-managed Qlik, through a gateway: works where` +
      `\n${indent} third-party cookies are blocked too. "Direct" on each page compares.` +
      `\n  or   ${second} where a browser does not open the first: directly alone` +
      `\n\n  Look into Qlik:  ${emulators.consoleUrl}` +
      '\n       each token and why it was accepted or refused, requests, engine frames, faults to switch on' +
      '\n\n  Ctrl+C ends everything.\n',
  )
  return running
}

function explain(error: unknown): string {
  if (isJotgateError(error)) return `${error.message} [${error.code}]\n${error.hint}`
  return error instanceof Error ? error.message : String(error)
}

async function main(): Promise<void> {
  let options: StartOptions | 'help'
  try {
    options = readStartOptions(process.argv.slice(2), process.env)
  } catch (error) {
    process.stderr.write(`${explain(error)}\nAll options: npm start -- --help\n`)
    process.exit(2)
  }
  if (options === 'help') {
    process.stdout.write(usage)
    return
  }
  try {
    const running = await start(options)
    let ending = false
    const end = () => {
      if (ending) return
      ending = true
      void running.close().finally(() => process.exit(0))
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
    // The process that started this one is gone: nobody is left to end it.
    process.on('disconnect', end)
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`)
    process.exit(1)
  }
}

await main()
