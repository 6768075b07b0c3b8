import { type Result, toStdout } from './result.ts'
import type { Terminal } from './terminal.ts'

/** Makes what a command writes its result to: the file that was asked for, or stdout. */
export async function createResult(terminal: Terminal, file: string | undefined): Promise<Result> {
  if (file === undefined) return toStdout(terminal)
  // Loaded only here: most commands write to stdout.
  const { toFile } = await import('./result-file.ts')
  return toFile(file)
}
