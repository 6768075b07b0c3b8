import { Readable } from 'node:stream'
import type { Terminal } from './terminal.ts'

/** A terminal in memory, and what was written to it. */
export interface MemoryTerminal extends Terminal {
  out: string
  err: string
}

export function memoryTerminal(options: {
  environment?: Record<string, string>
  stdin?: string
  folder: string
}): MemoryTerminal {
  const decoder = new TextDecoder()
  return {
    out: '',
    err: '',
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: { stdout: undefined, stderr: undefined },
    environment: options.environment ?? {},
    folder: options.folder,
    async writeOut(text) {
      this.out += typeof text === 'string' ? text : decoder.decode(text, { stream: true })
    },
    writeErr(text) {
      this.err += text
    },
    showProgress() {
      throw new Error('There is no terminal to show it on')
    },
    ask: () => Promise.reject(new Error('There is nobody to ask')),
  }
}
